import { randomUUID } from 'node:crypto';
import type { Scope } from '@kraty/contracts/common';
import { applyOperation, readAmounts, reverseOperation, type ResourceDelta } from '@kraty/contracts/economy';
import { eventually } from '@kraty/testing/harness';
import { EconomyWorld, gold } from '../testing/economy-world.fixture.js';

const amountMax = 2_147_483_647;
const catalog = { items: [{ key: 'bullet', name: 'Bullet' }], currencies: [gold] };
const cost: ResourceDelta[] = [
  { type: 'economy', key: 'gold', delta: -50 },
  { type: 'item', key: 'bullet', delta: -1 },
];

describe('entry costs', () => {
  let world: EconomyWorld;

  beforeAll(async () => {
    world = await EconomyWorld.start();
  });

  afterAll(async () => {
    await world.stop();
  });

  const charge = (scope: Scope, playerId: string, operationId: string) =>
    world.messenger.request(applyOperation, {
      ...{ scope, playerId, externalPlayerId: 'mira', operationId, deltas: cost, reason: 'entry_cost' },
      ...{ sourceRefId: randomUUID(), origin: 'client' as const, actor: 'player' },
    });
  const reverse = (scope: Scope, playerId: string, operationId: string) =>
    world.messenger.request(reverseOperation, { scope, playerId, operationId });

  /** A player with 60 gold and a bullet. */
  async function paying() {
    const scope = await world.game(catalog);
    const { playerId } = world.newPlayer();
    await world.give(scope, playerId, [
      { type: 'economy', key: 'gold', delta: 60 },
      { type: 'item', key: 'bullet', delta: 1 },
    ]);
    return { scope, playerId, operationId: `entry:${randomUUID()}:${playerId}:c1` };
  }

  it('take all or nothing, and name every short line in the order of the cost', async () => {
    const scope = await world.game(catalog);
    const { playerId } = world.newPlayer();
    await world.giveGold(scope, playerId, 40);
    await expect(charge(scope, playerId, 'entry:1')).rejects.toMatchObject({
      code: 'insufficient_entry_cost',
      status: 402,
      details: {
        ...{ resource: 'gold', needed: 50, have: 40 },
        shortfalls: [
          { resource: 'gold', needed: 50, have: 40 },
          { resource: 'bullet', needed: 1, have: 0 },
        ],
      },
    });
    expect(await world.wallet(scope, playerId)).toEqual({ gold: 40 });
  });

  it('are taken once by five starts at once', async () => {
    const { scope, playerId, operationId } = await paying();
    const charges = await Promise.all(Array.from({ length: 5 }, () => charge(scope, playerId, operationId)));
    expect(charges.filter(({ applied }) => applied)).toHaveLength(1);
    expect(await world.wallet(scope, playerId)).toEqual({ gold: 10 });
    expect(await world.inventory(scope, playerId)).toEqual({});
  });

  it('are not payable in a game whose studio keeps the books', async () => {
    const { scope, playerId, operationId } = await paying();
    await world.setInventoryManagement(scope, 'studio');
    // Not by charging again and again: one that came too early would be paid, and be answered so ever after.
    await eventually(async () => expect(await world.wallet(scope, playerId)).toEqual({}));
    const short = { status: 402, details: { resource: 'gold', needed: 50, have: 0 } };
    await expect(charge(scope, playerId, operationId)).rejects.toMatchObject(short);
  });

  it('come back once, however often the reversal is asked for', async () => {
    const { scope, playerId, operationId } = await paying();
    await charge(scope, playerId, operationId);
    await world.configure(scope, {}, { items: ['bullet'] });
    const reversals = await Promise.all(Array.from({ length: 10 }, () => reverse(scope, playerId, operationId)));
    expect(reversals).toEqual(Array.from({ length: 10 }, () => ({ outcome: 'reversed' })));
    expect(await world.wallet(scope, playerId)).toEqual({ gold: 60 });
    expect(await world.inventory(scope, playerId)).toEqual({ bullet: 1 });
    const refunds = (await world.ledger(scope, playerId)).filter(({ reason }) => reason === 'entry_cost_refund');
    expect(refunds.map(({ operation_id: id, delta }) => [id, delta])).toEqual([
      [`refund:${operationId}`, 50],
      [`refund:${operationId}`, 1],
    ]);
  });

  it('are refused under the id of a charge that was reversed', async () => {
    const { scope, playerId, operationId } = await paying();
    await charge(scope, playerId, operationId);
    await reverse(scope, playerId, operationId);
    const reversed = { status: 409, details: { reason: 'operation_reversed' } };
    await expect(charge(scope, playerId, operationId)).rejects.toMatchObject(reversed);
    expect(await world.wallet(scope, playerId)).toEqual({ gold: 60 });
  });

  it('are barred for ever when the reversal comes first', async () => {
    const { scope, playerId, operationId } = await paying();
    expect(await reverse(scope, playerId, operationId)).toEqual({ outcome: 'never_applied' });
    const reversed = { status: 409, details: { reason: 'operation_reversed' } };
    await expect(charge(scope, playerId, operationId)).rejects.toMatchObject(reversed);
    expect(await reverse(scope, playerId, operationId)).toEqual({ outcome: 'never_applied' });
    expect(await world.wallet(scope, playerId)).toEqual({ gold: 60 });
  });

  it('leave the player with all or with nothing taken when charge and reversal race', async () => {
    for (let round = 0; round < 20; round += 1) {
      const { scope, playerId, operationId } = await paying();
      const [charged, reversed] = await Promise.allSettled([
        charge(scope, playerId, operationId),
        reverse(scope, playerId, operationId),
      ]);
      const outcome = reversed.status === 'fulfilled' ? reversed.value.outcome : reversed.reason;
      expect(outcome).toBe(charged.status === 'fulfilled' ? 'reversed' : 'never_applied');
      expect(await world.wallet(scope, playerId)).toEqual({ gold: 60 });
      expect(await world.inventory(scope, playerId)).toEqual({ bullet: 1 });
    }
  });

  it('wait in a queue while they would pass the limit, whole, and come back when they fit', async () => {
    const { scope, playerId, operationId } = await paying();
    await charge(scope, playerId, operationId);
    await world.giveGold(scope, playerId, amountMax - 10);
    expect(await reverse(scope, playerId, operationId)).toEqual({ outcome: 'queued' });
    expect(await world.inventory(scope, playerId)).toEqual({});
    await world.debit(scope, { playerId, externalPlayerId: 'mira' }, 49);
    await world.payRefundsAt(60_000);
    expect(await world.wallet(scope, playerId)).toEqual({ gold: amountMax - 49 });
    await world.debit(scope, { playerId, externalPlayerId: 'mira' }, 1);
    await world.payRefundsAt(120_000);
    expect(await world.wallet(scope, playerId)).toEqual({ gold: amountMax });
    expect(await world.inventory(scope, playerId)).toEqual({ bullet: 1 });
    expect(await reverse(scope, playerId, operationId)).toEqual({ outcome: 'reversed' });
  });
});

describe('reading amounts', () => {
  let world: EconomyWorld;

  beforeAll(async () => {
    world = await EconomyWorld.start();
  });

  afterAll(async () => {
    await world.stop();
  });

  it('answers in the order of the question, with 0 for what was never touched', async () => {
    const currencies = [gold, { key: 'gems', name: 'Gems', kind: 'currency' as const, initialBalance: 7 }];
    const scope = await world.game({ ...catalog, currencies });
    const { playerId } = world.newPlayer();
    await world.give(scope, playerId, [{ type: 'item', key: 'bullet', delta: 2 }]);
    const resources = [
      { type: 'item' as const, key: 'bullet' },
      { type: 'economy' as const, key: 'gold' },
      { type: 'economy' as const, key: 'gems' },
      { type: 'item' as const, key: 'gold' },
    ];
    const question = { scope, playerId, resources };
    const known = { amounts: [2, 0, 7, 0], inventoryManagement: 'platform' };
    expect(await world.messenger.request(readAmounts, question)).toEqual(known);
    await world.setInventoryManagement(scope, 'studio');
    const hidden = { amounts: [0, 0, 0, 0], inventoryManagement: 'studio' };
    await eventually(async () => expect(await world.messenger.request(readAmounts, question)).toEqual(hidden));
  });
});

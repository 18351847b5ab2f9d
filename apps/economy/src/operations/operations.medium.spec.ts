import { randomUUID } from 'node:crypto';
import type { ResourceDelta } from '@kraty/contracts/economy';
import { applyOperation, applyOperations } from '@kraty/contracts/economy';
import type { Scope } from '@kraty/contracts/common';
import { eventually } from '@kraty/testing/harness';
import { EconomyWorld, gold } from '../testing/economy-world.fixture.js';

const amountMax = 2_147_483_647;
const catalog = {
  items: [
    { key: 'bow', name: 'Bow' },
    { key: 'torch', name: 'Torch' },
  ],
  currencies: [gold, { key: 'gems', name: 'Gems', kind: 'currency' as const }],
};

const economy = (key: string, delta: number): ResourceDelta => ({ type: 'economy', key, delta });
const item = (key: string, delta: number, metadata?: ResourceDelta['metadata']): ResourceDelta => ({
  type: 'item',
  key,
  delta,
  ...(metadata && { metadata }),
});

describe('applying operations', () => {
  let world: EconomyWorld;

  beforeAll(async () => {
    world = await EconomyWorld.start();
  });

  afterAll(async () => {
    await world.stop();
  });

  it('changes several resources as one, with a ledger row each', async () => {
    const scope = await world.game(catalog);
    const { playerId } = world.newPlayer();
    const result = await world.give(scope, playerId, [economy('gold', 50), item('torch', 2), economy('gold', 5)]);
    expect(result).toMatchObject({
      applied: true,
      holdings: [
        { type: 'economy', key: 'gold', delta: 55, balanceAfter: 55 },
        { type: 'item', key: 'torch', delta: 2, balanceAfter: 2 },
      ],
    });
    expect(await world.ledgerSums(scope, playerId)).toEqual({ gold: 55, torch: 2 });
  });

  it('applies an operation once and gives later calls the stored result', async () => {
    const scope = await world.game(catalog);
    const { playerId } = world.newPlayer();
    const first = await world.give(scope, playerId, [economy('gold', 50)], 'grant:1');
    await world.give(scope, playerId, [economy('gold', 7)], 'grant:2');
    const again = await world.give(scope, playerId, [economy('gold', 50)], 'grant:1');
    expect(again).toEqual({ ...first, applied: false });
    expect(await world.wallet(scope, playerId)).toEqual({ gold: 57 });
  });

  it('applies one of fifty twins', async () => {
    const scope = await world.game(catalog);
    const { playerId } = world.newPlayer();
    const deltas = [economy('gold', 50), item('torch', 1)];
    const twins = await Promise.all(Array.from({ length: 50 }, () => world.give(scope, playerId, deltas, 'twin')));
    expect(twins.filter(({ applied }) => applied)).toHaveLength(1);
    for (const twin of twins) expect(twin.holdings).toEqual(twins[0]!.holdings);
    expect(await world.ledgerSums(scope, playerId)).toEqual({ gold: 50, torch: 1 });
  });

  it('leaves nothing of an operation of which one resource is short', async () => {
    const scope = await world.game(catalog);
    const { playerId } = world.newPlayer();
    await world.give(scope, playerId, [economy('gold', 60)]);
    const outboxBefore = await world.outboxRows();
    await expect(world.give(scope, playerId, [economy('gold', -50), item('bow', -1)], 'short')).rejects.toMatchObject({
      status: 409,
      details: { reason: 'insufficient_balance', resource: 'bow', needed: 1, have: 0 },
    });
    expect(await world.wallet(scope, playerId)).toEqual({ gold: 60 });
    expect(await world.holdingRows(scope, playerId)).toBe(1);
    expect(await world.outboxRows()).toBe(outboxBefore);
    expect(await world.give(scope, playerId, [economy('gold', -50)], 'short')).toMatchObject({ applied: true });
  });

  it('refuses what would pass the largest balance', async () => {
    const scope = await world.game(catalog);
    const { playerId } = world.newPlayer();
    await world.give(scope, playerId, [economy('gold', amountMax)]);
    await expect(world.give(scope, playerId, [item('bow', 1), economy('gold', 1)])).rejects.toMatchObject({
      code: 'conflict',
      details: { reason: 'balance_limit', resource: 'gold', max: amountMax, have: amountMax },
    });
    expect(await world.inventory(scope, playerId)).toEqual({});
  });

  it('does not know what the catalog never had', async () => {
    const scope = await world.game(catalog);
    const giving = world.give(scope, world.newPlayer().playerId, [economy('shells', 1)]);
    await expect(giving).rejects.toMatchObject({ code: 'not_found', status: 404, details: { resource: 'shells' } });
  });

  it('deposits grants of archived keys, and lets nothing else be added to them', async () => {
    const scope = await world.game(catalog);
    const { playerId } = world.newPlayer();
    await world.configure(scope, {}, { items: ['torch'] });
    expect(await world.give(scope, playerId, [item('torch', 1)])).toMatchObject({ applied: true });
    const credit = {
      ...{
        scope,
        playerId,
        externalPlayerId: 'mira',
        operationId: randomUUID(),
        deltas: [item('torch', 1)],
        reason: 'credit',
      },
      ...{ sourceRefId: null, origin: 'server' as const, actor: 'api_key:sabcdefg' },
    };
    await expect(world.messenger.request(applyOperation, credit)).rejects.toMatchObject({ status: 404 });
  });

  it('stamps parameters on the holding, newer keys win', async () => {
    const scope = await world.game(catalog);
    const { playerId } = world.newPlayer();
    await world.give(scope, playerId, [item('bow', 1, { tier: 1, from: 'chest' })]);
    await world.give(scope, playerId, [item('bow', 1, { tier: 2 })]);
    expect(await world.metadataOf(scope, playerId, 'bow')).toEqual({ tier: 2, from: 'chest' });
  });

  it('never deadlocks, in whatever order operations name their resources', async () => {
    const scope = await world.game(catalog);
    const { playerId } = world.newPlayer();
    const deltas = [economy('gold', 1), economy('gems', 1), item('bow', 1), item('torch', 1)];
    const rotated = (by: number): ResourceDelta[] => [...deltas.slice(by % 4), ...deltas.slice(0, by % 4)];
    const operations = Array.from({ length: 120 }, (_, index) =>
      world.give(scope, playerId, index % 2 === 0 ? rotated(index) : rotated(index).toReversed()),
    );
    await Promise.all(operations);
    expect(await world.ledgerSums(scope, playerId)).toEqual({ gold: 120, gems: 120, bow: 120, torch: 120 });
    expect(await world.deadlocks()).toBe(0);
  });

  it('gives twins that change nothing one result, too', async () => {
    const scope = await world.game(catalog);
    const { playerId } = world.newPlayer();
    const nothing = [economy('gold', 5), economy('gold', -5)];
    const twins = await Promise.all(Array.from({ length: 30 }, () => world.give(scope, playerId, nothing, 'empty')));
    expect(twins.filter(({ applied }) => applied)).toHaveLength(1);
    expect(await world.holdingRows(scope, playerId)).toBe(0);
  });

  it('gives twins of different players one result and one effect', async () => {
    const scope = await world.game(catalog);
    const players = Array.from({ length: 10 }, () => world.newPlayer().playerId);
    const twins = await Promise.all(
      players.map((playerId) => world.give(scope, playerId, [economy('gold', 5)], 'one')),
    );
    expect(twins.filter(({ applied }) => applied)).toHaveLength(1);
    const text = 'select sum(delta)::int as sum, count(*)::int as rows from ledger where game_id = $1';
    expect(await world.ground.sql('economy', text, [scope.gameId])).toEqual([{ sum: 5, rows: 1 }]);
  });

  describe('in batches', () => {
    const operationOf = (
      scope: Scope,
      playerId: string,
      deltas: ResourceDelta[],
      operationId: string = randomUUID(),
    ) => ({
      ...{ scope, playerId, externalPlayerId: 'mira', operationId, deltas, reason: 'grant_deposit' },
      ...{ sourceRefId: null, origin: 'client' as const, actor: 'player' },
    });
    const applyAll = async (operations: ReturnType<typeof operationOf>[]) =>
      (await world.messenger.request(applyOperations, { operations })).outcomes;

    it('gives each operation its own outcome, in order', async () => {
      const scope = await world.game(catalog);
      const [mira, juno] = [world.newPlayer().playerId, world.newPlayer().playerId];
      await world.give(scope, mira, [economy('gold', 5)], 'b-1');
      const outcomes = await applyAll([
        operationOf(scope, mira, [economy('gold', 5)], 'b-1'),
        operationOf(scope, juno, [economy('gold', -5), item('bow', 1)], 'b-2'),
        operationOf(scope, mira, [economy('gold', -2)], 'b-3'),
        operationOf(scope, mira, [item('nothing', 1)], 'b-4'),
      ]);
      expect(outcomes).toMatchObject([
        { result: { applied: false, holdings: [{ balanceAfter: 5 }] } },
        { failure: { code: 'conflict', status: 409, details: { reason: 'insufficient_balance' } } },
        { result: { applied: true, holdings: [{ balanceAfter: 3 }] } },
        { failure: { code: 'not_found', status: 404 } },
      ]);
      expect(await world.wallet(scope, mira)).toEqual({ gold: 3 });
      expect(await world.holdingRows(scope, juno)).toBe(0);
    });

    it('takes two hundred at once, side by side with others in another order, without a deadlock', async () => {
      const scope = await world.game(catalog);
      const players = Array.from({ length: 40 }, () => world.newPlayer().playerId);
      const deltas = [economy('gold', 1), item('torch', 1), economy('gems', 1), item('bow', 1)];
      const batch = (order: readonly string[]) =>
        Array.from({ length: 200 }, (_, at) => operationOf(scope, order[at % order.length]!, deltas));
      const answers = await Promise.all([batch(players), batch(players.toReversed())].map(applyAll));
      expect(answers.flat().every((outcome) => 'result' in outcome)).toBe(true);
      for (const playerId of players) {
        expect(await world.ledgerSums(scope, playerId)).toEqual({ gold: 10, gems: 10, bow: 10, torch: 10 });
      }
      expect(await world.deadlocks()).toBe(0);
    });
  });

  describe('in a game whose studio keeps the books', () => {
    it('shows nothing, spends nothing, and forgets nothing', async () => {
      const scope = await world.game(catalog);
      const player = world.newPlayer();
      await world.give(scope, player.playerId, [economy('gold', 50), item('torch', 1)]);
      await world.setInventoryManagement(scope, 'studio');
      await eventually(async () => expect(await world.wallet(scope, player.playerId)).toEqual({}));
      expect(await world.inventory(scope, player.playerId)).toEqual({});
      const short = { status: 409, details: { reason: 'insufficient_balance', needed: 1, have: 0 } };
      await expect(world.debit(scope, player, 1)).rejects.toMatchObject(short);
      await expect(world.consume(scope, player, 'torch', 1)).rejects.toMatchObject(short);
      await expect(world.give(scope, player.playerId, [economy('gold', -1)])).rejects.toMatchObject(short);
      await world.setInventoryManagement(scope, 'permissive');
      await eventually(async () => expect(await world.wallet(scope, player.playerId)).toEqual({ gold: 50 }));
      expect(await world.inventory(scope, player.playerId)).toEqual({ torch: 1 });
    });

    it('ignores settings that are older than those it knows', async () => {
      const scope = await world.game(catalog);
      await world.setInventoryManagement(scope, 'studio', 7);
      await world.setInventoryManagement(scope, 'platform', 6);
      await world.setInventoryManagement(await world.game(), 'studio', 1);
      const text = 'select inventory_management from game_settings where game_id = $1';
      expect(await world.ground.sql('economy', text, [scope.gameId])).toEqual([{ inventory_management: 'studio' }]);
    });
  });
});

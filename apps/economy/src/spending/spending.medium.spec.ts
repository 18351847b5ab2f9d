import { holdingChanged, type HoldingChanged } from '@kraty/contracts/economy';
import type { Fact } from '@kraty/contracts/messages';
import { eventually } from '@kraty/testing/harness';
import { EconomyWorld, gold, keyOf } from '../testing/economy-world.fixture.js';

describe('spending', () => {
  let world: EconomyWorld;

  beforeAll(async () => {
    world = await EconomyWorld.start();
  });

  afterAll(async () => {
    await world.stop();
  });

  it('takes from the balance, writes one ledger row and tells it', async () => {
    const heard: Fact<HoldingChanged>[] = [];
    const scope = await world.game();
    const stop = world.messenger.onFact(holdingChanged, (fact) => {
      if (fact.scope.gameId === scope.gameId) heard.push(fact);
    });
    const player = world.newPlayer();
    await world.giveGold(scope, player.playerId, 100);
    expect(await world.debit(scope, player, 30)).toEqual({ economyKey: 'gold', balance: 70, applied: true });
    const [, row] = await world.ledger(scope, player.playerId);
    expect(row).toMatchObject({ delta: -30, balance_after: 70, reason: 'debit' });
    await eventually(() =>
      expect(heard.map(({ revision, payload }) => [revision, payload.delta, payload.balanceAfter])).toEqual([
        [1, 100, 100],
        [2, -30, 70],
      ]),
    );
    stop();
  });

  it('stores the fact as it publishes it', async () => {
    const scope = await world.game();
    const player = world.newPlayer();
    await world.giveGold(scope, player.playerId, 5);
    await world.debit(scope, player, 2);
    const rows = await world.ground.sql<{ payload: string }>(
      'economy',
      `select payload from outbox where payload like $1 order by seq`,
      [`%${player.playerId}%`],
    );
    const facts = rows.map((row) => (JSON.parse(row.payload) as { facts: Fact<HoldingChanged>[] }).facts[0]!);
    expect(facts.map(({ revision, payload }) => [revision, payload.balanceAfter])).toEqual([
      [1, 5],
      [2, 3],
    ]);
  });

  it('lets exactly 100 of 200 parallel debits of 1 through a balance of 100', async () => {
    const scope = await world.game();
    const player = world.newPlayer();
    await world.giveGold(scope, player.playerId, 100);
    const debits = await Promise.allSettled(Array.from({ length: 200 }, () => world.debit(scope, player, 1)));
    const refused = debits.filter(({ status }) => status === 'rejected') as PromiseRejectedResult[];
    expect(refused).toHaveLength(100);
    for (const { reason } of refused) expect(reason).toMatchObject({ status: 409 });
    expect(await world.wallet(scope, player.playerId)).toEqual({ gold: 0 });
    expect(await world.ledgerSums(scope, player.playerId)).toEqual({ gold: 0 });
  });

  it('refuses more than is held and leaves nothing behind', async () => {
    const scope = await world.game();
    const player = world.newPlayer();
    await world.giveGold(scope, player.playerId, 30);
    await expect(world.debit(scope, player, 50)).rejects.toMatchObject({
      code: 'conflict',
      status: 409,
      details: { reason: 'insufficient_balance', resource: 'gold', needed: 50, have: 30 },
    });
    expect(await world.ledger(scope, player.playerId)).toHaveLength(1);
    expect(await world.wallet(scope, player.playerId)).toEqual({ gold: 30 });
  });

  it.each(['gold', 'never_configured'])('has nothing of %s for a player who never got any', async (itemKey) => {
    const scope = await world.game();
    await expect(world.consume(scope, world.newPlayer(), itemKey, 1)).rejects.toMatchObject({
      status: 409,
      details: { reason: 'insufficient_balance', resource: itemKey, needed: 1, have: 0 },
    });
  });

  it('consumes items', async () => {
    const scope = await world.game({ items: [{ key: 'bait', name: 'Bait' }] });
    const player = world.newPlayer();
    await world.give(scope, player.playerId, [{ type: 'item', key: 'bait', delta: 3 }]);
    expect(await world.consume(scope, player, 'bait', 3)).toEqual({ itemKey: 'bait', quantity: 0, applied: true });
    expect(await world.inventory(scope, player.playerId)).toEqual({});
  });

  it('keeps archived keys spendable', async () => {
    const scope = await world.game({ items: [{ key: 'bait', name: 'Bait' }] });
    const player = world.newPlayer();
    await world.give(scope, player.playerId, [{ type: 'item', key: 'bait', delta: 3 }]);
    await world.configure(scope, {}, { items: ['bait'] });
    expect(await world.consume(scope, player, 'bait', 1)).toMatchObject({ quantity: 2 });
  });

  describe('with an idempotency key', () => {
    it('answers a replay with the recorded value, not the present one', async () => {
      const scope = await world.game();
      const player = world.newPlayer();
      await world.giveGold(scope, player.playerId, 100);
      await world.debit(scope, player, 30, keyOf('r-1'));
      await world.debit(scope, player, 10);
      expect(await world.debit(scope, player, 30, keyOf('r-1'))).toEqual({
        economyKey: 'gold',
        balance: 70,
        applied: false,
      });
      expect(await world.wallet(scope, player.playerId)).toEqual({ gold: 60 });
    });

    it('answers a replay although the balance would no longer do', async () => {
      const scope = await world.game();
      const player = world.newPlayer();
      await world.giveGold(scope, player.playerId, 30);
      await world.debit(scope, player, 30, keyOf('r-1'));
      expect(await world.debit(scope, player, 30, keyOf('r-1'))).toMatchObject({ balance: 0, applied: false });
    });

    it('marks the reply as a replay', async () => {
      const scope = await world.game();
      const player = world.newPlayer();
      await world.giveGold(scope, player.playerId, 30);
      await world.debit(scope, player, 1, keyOf('r-1'));
      expect(await world.debitRaw(scope, player, 1, keyOf('r-1'))).toMatchObject({ replayed: true, status: 200 });
    });

    it('refuses the key with another body', async () => {
      const scope = await world.game();
      const player = world.newPlayer();
      await world.giveGold(scope, player.playerId, 100);
      await world.debit(scope, player, 30, keyOf('r-1'));
      await expect(world.debit(scope, player, 31, keyOf('r-1', 'other'))).rejects.toMatchObject({
        code: 'idempotency_conflict',
        status: 409,
        details: { idempotencyKey: 'r-1' },
      });
      expect(await world.wallet(scope, player.playerId)).toEqual({ gold: 70 });
    });

    it('leaves the key of a refused call free', async () => {
      const scope = await world.game();
      const player = world.newPlayer();
      await expect(world.debit(scope, player, 30, keyOf('r-1'))).rejects.toMatchObject({ status: 409 });
      await world.giveGold(scope, player.playerId, 100);
      expect(await world.debit(scope, player, 30, keyOf('r-1'))).toMatchObject({ balance: 70, applied: true });
    });

    it('applies one of fifty twins and gives all the same value', async () => {
      const scope = await world.game();
      const player = world.newPlayer();
      await world.giveGold(scope, player.playerId, 100);
      const twins = await Promise.all(Array.from({ length: 50 }, () => world.debit(scope, player, 30, keyOf('twin'))));
      expect(twins.filter(({ applied }) => applied)).toHaveLength(1);
      expect(new Set(twins.map(({ balance }) => balance))).toEqual(new Set([70]));
      expect(await world.ledgerSums(scope, player.playerId)).toEqual({ gold: 70 });
    });
  });

  describe('of a currency that begins with something', () => {
    const begun = { currencies: [{ ...gold, initialBalance: 100 }] };

    it('counts the initial balance at the first write', async () => {
      const scope = await world.game(begun);
      const player = world.newPlayer();
      expect(await world.debit(scope, player, 30)).toMatchObject({ balance: 70 });
      const rows = await world.ledger(scope, player.playerId);
      expect(rows.map(({ delta, reason }) => [delta, reason])).toEqual([
        [100, 'initial_balance'],
        [-30, 'debit'],
      ]);
      expect(rows[0]!.operation_id).toBe(`initial:${player.playerId}:gold`);
    });

    it('gives it once, however many calls come first', async () => {
      const scope = await world.game(begun);
      const player = world.newPlayer();
      const reads = Array.from({ length: 10 }, () => world.wallet(scope, player.playerId));
      const writes = Array.from({ length: 10 }, () => world.debit(scope, player, 1));
      await Promise.all([...reads, ...writes]);
      expect(await world.wallet(scope, player.playerId)).toEqual({ gold: 90 });
      expect(await world.ledgerSums(scope, player.playerId)).toEqual({ gold: 90 });
    });

    it('gives it to a player who held some before the setting came', async () => {
      const scope = await world.game();
      const player = world.newPlayer();
      await world.giveGold(scope, player.playerId, 5);
      await world.configure(scope, begun);
      expect(await world.debit(scope, player, 1)).toMatchObject({ balance: 104 });
    });
  });
});

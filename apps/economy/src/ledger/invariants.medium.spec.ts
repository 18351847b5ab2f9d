import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { EconomyWorld, gold, keyOf } from '../testing/economy-world.fixture.js';

type Call = { kind: 'give'; amount: number; operation: number } | { kind: 'debit'; amount: number; key: number | null };

const call: fc.Arbitrary<Call> = fc.oneof(
  fc.record({
    kind: fc.constant('give' as const),
    amount: fc.integer({ min: 1, max: 50 }),
    operation: fc.integer({ min: 0, max: 9 }),
  }),
  fc.record({
    kind: fc.constant('debit' as const),
    amount: fc.integer({ min: 1, max: 50 }),
    key: fc.option(fc.integer({ min: 0, max: 9 })),
  }),
);

/** Invariants 1, 3, 5, 6 and 8 of 08 §12. */
describe('the ledger under random parallel calls, twins and retries', () => {
  let world: EconomyWorld;

  beforeAll(async () => {
    world = await EconomyWorld.start();
  });

  afterAll(async () => {
    await world.stop();
  });

  it('holds exactly what was applied, and the running balances agree', async () => {
    const scope = await world.game({ currencies: [{ ...gold, initialBalance: 20 }] });
    const calls = fc.array(call, { minLength: 5, maxLength: 40 });
    await fc.assert(
      fc.asyncProperty(calls, async (random) => {
        const player = world.newPlayer();
        const told = await Promise.all(random.map((one) => make(one, player.playerId)));
        const applied = told.reduce((sum, change) => sum + change, 0);
        const { gold: balance } = await world.wallet(scope, player.playerId);
        const rows = await world.ledger(scope, player.playerId);
        expect(balance).toBe(20 + applied);
        expect(rows.reduce((sum, { delta }) => sum + delta, 0)).toBe(balance);
        expect(rows.every(({ balance_after: after }) => after >= 0)).toBe(true);
        expect(new Set(rows.map(({ operation_id: id }) => id)).size).toBe(rows.length);
        expect(isChain(rows)).toBe(true);
      }),
      { numRuns: 25 },
    );

    /** What the caller was told to have changed. */
    async function make(one: Call, playerId: string): Promise<number> {
      const player = { playerId, externalPlayerId: 'mira' };
      if (one.kind === 'give') {
        const delta = { type: 'economy' as const, key: 'gold', delta: one.amount };
        const { applied } = await world.give(scope, playerId, [delta], `${playerId}:${one.operation}`);
        return applied ? one.amount : 0;
      }
      const operation = `POST /players/${playerId}/wallet/gold/debit`;
      const idempotency = one.key === null ? null : { ...keyOf(`k-${one.key}`, `${one.amount}`), operation };
      try {
        const { applied } = await world.debit(scope, player, one.amount, idempotency);
        return applied ? -one.amount : 0;
      } catch (error) {
        expect(error).toMatchObject({ status: 409 });
        return 0;
      }
    }
  });

  /** Ordered by their balances, the rows form one unbroken chain from 0: no change was made on a stale balance. */
  function isChain(rows: readonly { delta: number; balance_after: number }[]): boolean {
    const visits = new Map<number, number>();
    for (const { delta, balance_after: after } of rows) {
      visits.set(after, (visits.get(after) ?? 0) + 1);
      visits.set(after - delta, (visits.get(after - delta) ?? 0) - 1);
    }
    const ends = [...visits].filter(([, count]) => count !== 0);
    return ends.length === 0 || (ends.length === 2 && ends.some(([at, count]) => at === 0 && count === -1));
  }

  it('lets spends of many players pass side by side', async () => {
    const scope = await world.game();
    const players = Array.from({ length: 20 }, () => world.newPlayer(randomUUID()));
    await Promise.all(players.map(({ playerId }) => world.giveGold(scope, playerId, 10)));
    const debits = players.flatMap((player) => Array.from({ length: 12 }, () => world.debit(scope, player, 1)));
    const outcomes = await Promise.allSettled(debits);
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(200);
    for (const { playerId } of players) expect(await world.wallet(scope, playerId)).toEqual({ gold: 0 });
  });

  it('keeps all of an operation or nothing, whatever random operations do to two players at once (08 §12)', async () => {
    const [xp, level] = [
      { key: 'xp', name: 'Experience', kind: 'progression' as const },
      {
        ...{ key: 'level', name: 'Level', kind: 'progression' as const },
        derivedFrom: { sourceKey: 'xp', thresholds: [0, 10, 20, 40] },
      },
    ];
    const scope = await world.game({ items: [{ key: 'bow', name: 'Bow' }], currencies: [gold, xp, level] });
    const delta = fc.record({
      type: fc.constant('economy' as const),
      key: fc.constantFrom('gold', 'xp'),
      delta: fc.integer({ min: -30, max: 30 }).filter((value) => value !== 0),
    });
    const bow = fc.record({
      ...{ type: fc.constant('item' as const), key: fc.constant('bow') },
      delta: fc.constantFrom(-1, 1, 2),
    });
    const operation = fc.record({
      deltas: fc.array(fc.oneof(delta, bow), { minLength: 1, maxLength: 4 }),
      id: fc.integer({ min: 0, max: 14 }),
      player: fc.integer({ min: 0, max: 1 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(operation, { minLength: 5, maxLength: 30 }), async (operations) => {
        const players = [world.newPlayer().playerId, world.newPlayer().playerId];
        const before = await world.outboxRows();
        const outcomes = await Promise.allSettled(
          operations.map(({ deltas, id, player }) => {
            const playerId = players[player]!;
            return world.give(scope, playerId, deltas, `${playerId}:${id}`);
          }),
        );
        const applied = outcomes.filter((outcome) => outcome.status === 'fulfilled' && outcome.value.applied);
        for (const playerId of players) {
          const sums = await world.ledgerSums(scope, playerId);
          const held = { ...(await world.wallet(scope, playerId)), ...(await world.inventory(scope, playerId)) };
          for (const [key, sum] of Object.entries(sums)) expect(held[key] ?? 0).toBe(sum);
          const level = [0, 10, 20, 40].filter((threshold) => threshold <= (sums['xp'] ?? 0)).length;
          expect(held['level'] ?? 0).toBe('xp' in sums ? level : 0);
        }
        const rows = (await Promise.all(players.map((playerId) => world.ledger(scope, playerId)))).flat();
        const told = applied.flatMap((outcome) => (outcome.status === 'fulfilled' ? outcome.value.holdings : []));
        expect(
          rows
            .filter(({ reason }) => reason !== 'derived')
            .map(({ ledger_id: id }) => id)
            .toSorted(),
        ).toEqual(told.map(({ ledgerId }) => ledgerId).toSorted());
        // Facts of progressions travel apart from all others; of each kind there is at most one row an operation.
        const kinds = applied.flatMap((outcome) => {
          if (outcome.status === 'rejected') return [];
          return [...new Set(outcome.value.holdings.map(({ key }) => key === 'xp'))];
        });
        expect((await world.outboxRows()) - before).toBeLessThanOrEqual(kinds.length);
        expect(rows.every(({ balance_after: after }) => after >= 0)).toBe(true);
      }),
      { numRuns: 25 },
    );
    expect(await world.deadlocks()).toBe(0);
  });

  it('balances what was minted and burned against what is held, over all players', async () => {
    const text = `select (select coalesce(sum(delta), 0) from ledger)::text as moved,
                         (select coalesce(sum(amount), 0) from holding)::text as held`;
    const [sums] = await world.ground.sql<{ moved: string; held: string }>('economy', text);
    expect(sums!.moved).toBe(sums!.held);
    expect(Number(sums!.held)).toBeGreaterThan(0);
  });

  it('leaves nothing of a refused operation: no row, no fact, no key', async () => {
    const scope = await world.game();
    const player = world.newPlayer();
    const before = await world.outboxRows();
    await expect(world.debit(scope, player, 5, keyOf('k'))).rejects.toMatchObject({ status: 409 });
    await expect(world.giveGold(scope, player.playerId, -5)).rejects.toMatchObject({ status: 409 });
    expect(await world.holdingRows(scope, player.playerId)).toBe(0);
    expect(await world.outboxRows()).toBe(before);
    const text = 'select from ledger_operation where game_id = $1';
    expect(await world.ground.sql('economy', text, [scope.gameId])).toEqual([]);
  });
});

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
});

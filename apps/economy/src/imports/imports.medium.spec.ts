import type { Scope } from '@kraty/contracts/common';
import {
  holdingChanged,
  importHoldings,
  levelReached,
  playerStreamSubject,
  type HoldingChanged,
  type ImportRow,
  type PlayerStreamFrame,
  type ResourceType,
} from '@kraty/contracts/economy';
import { eventually } from '@kraty/testing/harness';
import { EconomyWorld, gold } from '../testing/economy-world.fixture.js';

const level = {
  ...{ key: 'level', name: 'Level', kind: 'progression' as const },
  derivedFrom: {
    ...{ sourceKey: 'gold', thresholds: [0, 50] },
    levelRewards: [{ level: 2, entries: [{ type: 'item' as const, itemKey: 'bow', quantity: 1 }] }],
  },
};
const catalog = { items: [{ key: 'bow', name: 'Bow' }], currencies: [gold, level] };

describe('importing holdings', () => {
  let world: EconomyWorld;

  beforeAll(async () => {
    world = await EconomyWorld.start();
  });

  afterAll(async () => {
    await world.stop();
  });

  const importing = (scope: Scope, rows: ImportRow[], type: ResourceType = 'economy') =>
    world.messenger.request(importHoldings, { scope, type, rows, apiKeyPrefix: 'sabcdefg' });
  const row = (key: string, amount: number, idempotencyKey: string, player = world.newPlayer()): ImportRow => ({
    ...{ player, key, amount, idempotencyKey, reason: null },
  });

  it('applies each row once for ever, and names those that fail', async () => {
    const scope = await world.game(catalog);
    const player = world.newPlayer();
    const rows = [row('gold', 60, 'r-1', player), row('shells', 1, 'r-2', player), row('level', 1, 'r-3', player)];
    expect(await importing(scope, rows)).toEqual({
      ...{ applied: 1, skipped: 0, failed: 2 },
      failures: [
        { rowIndex: 1, externalPlayerId: 'mira', error: expect.objectContaining({ code: 'unknown_currency' }) },
        { rowIndex: 2, externalPlayerId: 'mira', error: expect.objectContaining({ code: 'conflict' }) },
      ],
    });
    expect(await importing(scope, rows)).toMatchObject({ applied: 0, skipped: 1, failed: 2 });
    const other = await importing(scope, [row('gold', 61, 'r-1', player)]);
    expect(other.failures).toMatchObject([{ error: { code: 'idempotency_conflict' } }]);
    expect(await world.wallet(scope, player.playerId)).toEqual({ gold: 60, level: 2 });
  });

  it('applies one of several rows of one key in one import', async () => {
    const scope = await world.game(catalog);
    const player = world.newPlayer();
    const rows = Array.from({ length: 20 }, () => row('gold', 5, 'same', player));
    expect(await importing(scope, rows)).toMatchObject({ applied: 1, skipped: 19, failed: 0 });
  });

  it('gives a key to one of two players, in whatever order batches meet at the keys', async () => {
    const scope = await world.game(catalog);
    const deadlocks = await world.deadlocks();
    const keys = Array.from({ length: 40 }, (_, at) => `crossed-${at}`);
    const imports = [keys, keys.toReversed(), keys, keys.toReversed()].map((those, at) =>
      importing(
        scope,
        those.map((key) => row('gold', 5, key, world.newPlayer(`${key}-${at}`))),
      ),
    );
    const told = await Promise.all(imports);
    expect(told.reduce((sum, { applied }) => sum + applied, 0)).toBe(keys.length);
    const codes = told.flatMap(({ failures }) => failures.map(({ error }) => error.code));
    expect(new Set(codes)).toEqual(new Set(['idempotency_conflict']));
    expect(await world.deadlocks()).toBe(deadlocks);
  });

  it('stamps the parameters of items, and knows no item of another name', async () => {
    const scope = await world.game(catalog);
    const player = world.newPlayer();
    const stamped = { ...row('bow', 2, 'i-1', player), parameters: { tier: 3 } };
    const told = await importing(scope, [stamped, row('sword', 1, 'i-2', player)], 'item');
    expect(told).toMatchObject({ applied: 1, failed: 1, failures: [{ error: { code: 'unknown_item' } }] });
    expect(await world.metadataOf(scope, player.playerId, 'bow')).toEqual({ tier: 3 });
  });

  it('is announced to nobody, and pays no level', async () => {
    const scope = await world.game(catalog);
    const player = world.newPlayer();
    const changes: HoldingChanged[] = [];
    const frames: PlayerStreamFrame[] = [];
    const stops = [
      world.messenger.onFact(holdingChanged, (fact) => {
        // What the tests before have done may be told once more at any time.
        if (fact.scope.gameId === scope.gameId) changes.push(fact.payload);
      }),
      world.messenger.listen(playerStreamSubject(player.playerId), (told: PlayerStreamFrame[]) => frames.push(...told)),
    ];
    await importing(scope, [row('gold', 60, 'r-1', player)]);
    await eventually(() => expect([changes.length, frames.length]).toEqual([2, 2]));
    expect(changes.every(({ silent }) => silent === true)).toBe(true);
    expect(frames.every((frame) => frame.kind === 'holding' && frame.silent)).toBe(true);
    expect(await world.told(levelReached, scope)).toEqual([]);
    for (const stop of stops) stop();
  });
});

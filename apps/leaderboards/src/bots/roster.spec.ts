import type { BotBehavior } from '@kraty/contracts/leaderboards';
import type { Board } from '../boards/board.js';
import { advanceRoster, advanceRosterInTurns, changesOf } from './advance-roster.js';
import type { BotDefinition } from './bot-definition.js';
import { boardKey, botId, emptySight } from './bots.fixture.js';
import { clockOf, keyOf, retireFor, rosterOf, type NamedPool } from './roster.js';

const pool: NamedPool = {
  poolId: '33333333-3333-4333-8333-333333333333',
  entries: ['Ada', 'Bram', 'Cleo', 'Dov'].map((name) => ({ name })),
};
const walker: BotBehavior = { type: 'single', block: 'random_step_with_fall' };
const runner: BotBehavior = { type: 'single', block: 'progress_linear', params: { targetScore: 86_400 } };

function bot(key: string, behavior: unknown, more: Partial<BotDefinition> = {}): [string, BotDefinition] {
  const names = { studioId: botId, gameId: botId, key, name: key, description: null, tags: [] };
  const definition = { botId, ...names, identityPoolKey: null, version: 3, archivedAt: null, ...more };
  return [key, { ...definition, behavior: behavior as BotBehavior }];
}

const board: Board = {
  leaderboardId: boardKey,
  scope: { studioId: botId, gameId: botId, environment: 'live' },
  mode: 'global',
  scoreAggregation: 'best',
  event: null,
  definitionId: null,
  opensAt: new Date(0),
  closesAt: new Date(86_400_000),
  segment: null,
  capacity: null,
  ladder: null,
  ladderCeiling: null,
  botBindings: [],
  finalizedAt: null,
  finalizedReason: null,
};
const definitions = new Map([
  bot('walker', walker),
  bot('runner', runner, { botId: boardKey }),
  bot('gone', walker, { archivedAt: new Date(0) }),
  bot('broken', { type: 'single', block: 'fly' }),
]);
const seated = (botBindings: Board['botBindings'], more: Partial<Board> = {}) =>
  rosterOf({ ...board, botBindings, ...more }, definitions, () => pool);

describe('the bots of a board', () => {
  it('are seated in the order of the bindings, with names of the pool (10 §§2–3)', () => {
    const { bots, countsTicks } = seated([
      { botKey: 'runner', count: 2 },
      { botKey: 'walker', count: 3 },
    ]);
    expect(bots.map(({ slot, botKey, name, botVersion }) => [slot, botKey, name, botVersion])).toEqual([
      [0, 'runner', 'Dov', 3],
      [1, 'runner', 'Ada', 3],
      [2, 'walker', 'Bram', 3],
      [3, 'walker', 'Cleo', 3],
      [4, 'walker', 'Dov 2', 3],
    ]);
    expect(countsTicks).toBe(true);
    expect(seated([{ botKey: 'runner', count: 1 }]).countsTicks).toBe(false);
  });

  it('leave the seats of bots that are archived, broken or gone empty', () => {
    const { bots } = seated([
      { botKey: 'gone', count: 2 },
      { botKey: 'broken', count: 1 },
      { botKey: 'nobody', count: 1 },
      { botKey: 'walker', count: 1 },
    ]);
    expect(bots.map(({ slot, botKey }) => [slot, botKey])).toEqual([[4, 'walker']]);
  });

  it('leave room for a human in a group, and none sits on a hidden board (10 §8)', () => {
    const bindings = [{ botKey: 'walker', count: 20 }];
    expect(seated(bindings, { mode: 'grouped', capacity: 10 }).bots).toHaveLength(9);
    expect(seated(bindings, { mode: 'segmented' }).bots).toHaveLength(20);
    expect(seated(bindings, { mode: 'none' }).bots).toHaveLength(0);
  });

  it('make room for humans from the highest slot, once for ever', () => {
    const { bots } = seated([{ botKey: 'walker', count: 9 }], { mode: 'grouped', capacity: 10 });
    expect(retireFor(1, 10, bots)).toEqual([]);
    const retired = retireFor(3, 10, bots);
    expect(retired.map(({ slot, state }) => [slot, state.status])).toEqual([
      [8, 'retired'],
      [7, 'retired'],
    ]);
    const left = bots.map((one) => retired.find(({ slot }) => slot === one.slot) ?? one);
    expect(retireFor(2, 10, left)).toEqual([]);
    expect(retireFor(500, 10, left)).toHaveLength(7);
  });

  it('of a part of a defined board are seeded by board, period and segment', () => {
    const part = { ...board, definitionId: botId, opensAt: new Date('2026-06-15T00:00:00.000Z'), segment: 'gold' };
    expect(keyOf(part)).toBe(`${botId}:2026-06-15T00:00:00.000Z:gold`);
    expect(keyOf(board)).toBe(boardKey);
  });

  it('know no end on a board that never ends', () => {
    expect(clockOf(board)).toMatchObject({ endMs: 86_400_000, lengthSeconds: 86_400, gridSeconds: 10 });
    const endless = { endMs: null, lengthSeconds: 2_592_000, gridSeconds: 300 };
    expect(clockOf({ ...board, closesAt: new Date('9999-12-31T23:59:59.000Z') })).toMatchObject(endless);
    expect(clockOf({ ...board, closesAt: null })).toMatchObject(endless);
  });
});

describe('advancing all bots of a board', () => {
  const whole = seated([
    { botKey: 'walker', count: 3 },
    { botKey: 'runner', count: 1 },
  ]);
  const clock = clockOf(board);

  it('moves the walkers by each write and the runners by time', () => {
    const tickTimesMs = Array.from({ length: 10 }, (_, at) => (at + 1) * 1_000);
    const advanced = advanceRoster(whole, clock, emptySight, { nowMs: 25_000, tickTimesMs });
    const [{ roster }, { moved }] = [advanced, changesOf(whole, advanced)];
    expect(roster.bots.map(({ state }) => state.score)).toEqual([5, 2, 1, 20]);
    expect(roster.bots.map(({ state }) => state.achievedAtMs)).toEqual([7_000, 10_000, 10_000, 20_000]);
    expect([roster.ticks, roster.lastStep, moved.length]).toEqual([10, 2, 4]);
  });

  it('stands the same however the writes are told', () => {
    const times = [1_000, 2_000, 12_000, 12_001, 13_000];
    const once = advanceRoster(whole, clock, emptySight, { nowMs: 13_000, tickTimesMs: times }).roster;
    let again = whole;
    for (const at of times) again = advanceRoster(again, clock, emptySight, { nowMs: at, tickTimesMs: [at] }).roster;
    expect(again).toEqual(once);
  });

  it('tells only of bots that have changed', () => {
    const { roster } = advanceRoster(whole, clock, emptySight, { nowMs: 25_000, tickTimesMs: [] });
    const next = advanceRoster(roster, clock, emptySight, { nowMs: 26_000, tickTimesMs: [] });
    expect(changesOf(roster, next)).toEqual({ changed: [], moved: [] });
    const later = advanceRoster(roster, clock, emptySight, { nowMs: 31_000, tickTimesMs: [] });
    expect(changesOf(roster, later).moved.map(({ slot, state }) => [slot, state.score])).toEqual([[3, 30]]);
  });

  it('works no step in twice when a write comes from a clock that is ahead', () => {
    const { roster } = advanceRoster(whole, clock, emptySight, { nowMs: 9_000, tickTimesMs: [21_000] });
    expect([roster.lastStep, ...roster.bots.map(({ state }) => state.lastStep)]).toEqual([2, 2, 2, 2, 2]);
  });

  it('lets other work in between, and ends where it would without', async () => {
    const transitions = [{ when: { expr: 'stateSeconds >= 100' }, to: 'other' }];
    const pacing: BotBehavior = {
      type: 'state_machine',
      initial: 'one',
      states: {
        one: { block: 'progress_linear', params: { targetScore: 500 }, transitions },
        other: { block: 'idle', transitions: [{ when: { expr: 'random < 0.01 && stateSeconds > 9' }, to: 'one' }] },
      },
    };
    const machines = rosterOf(
      { ...board, botBindings: [{ botKey: 'pacing', count: 10 }] },
      new Map([bot('pacing', pacing)]),
      () => pool,
    );
    const until = { nowMs: 86_400_000, tickTimesMs: [] };
    let turns = 0;
    const others = setInterval(() => (turns += 1), 1);
    const inTurns = await advanceRosterInTurns(machines, clock, emptySight, until);
    clearInterval(others);
    expect(turns).toBeGreaterThan(3);
    expect(inTurns).toEqual(advanceRoster(machines, clock, emptySight, until));
  });

  it('goes on where its time was up, bot by bot and step by step, and ends where it would in one go', async () => {
    const expr = 'random < 0.01 && stateSeconds > 9 || playerScore > 5 && elapsedSeconds > 70000';
    const pacing: BotBehavior = {
      type: 'state_machine',
      initial: 'one',
      states: {
        one: {
          block: 'progress_linear',
          params: { targetScore: 500 },
          transitions: [{ when: { expr: 'stateSeconds >= 100 && humanCount == 1' }, to: 'other' }],
        },
        other: { block: 'match_player_pace', params: { ratio: 2 }, transitions: [{ when: { expr }, to: 'one' }] },
      },
    };
    const machines = rosterOf(
      { ...board, botBindings: [{ botKey: 'pacing', count: 3 }] },
      new Map([bot('pacing', pacing)]),
      () => pool,
    );
    const sight = { ...emptySight, humanCount: 1, requesterId: 'ann', human: () => ({ score: 400, rank: 1 }) };
    const until = { nowMs: 86_400_000, tickTimesMs: [] };
    const atOnce = advanceRoster(machines, clock, sight, until);
    let [advanced, slices] = [await advanceRosterInTurns(machines, clock, sight, until, 0), 1];
    for (; !advanced.isWhole; slices += 1) {
      // Nothing that has to be saved is taken for the same, and nothing counts as done before all are.
      expect(changesOf(machines, advanced).changed).not.toEqual([]);
      expect(advanced.roster.lastStep).toBe(0);
      advanced = await advanceRosterInTurns(advanced.roster, clock, sight, until, 0);
    }
    expect(slices).toBeGreaterThan(3_000);
    expect(advanced).toEqual(atOnce);
  }, 180_000);
});

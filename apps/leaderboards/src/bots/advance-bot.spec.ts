import { isBotBehavior, type BotBehavior } from '@kraty/contracts/leaderboards';
import fc from 'fast-check';
import { advanceBot } from './advance-bot.js';
import { emptySight, WatchedBot } from './bots.fixture.js';
import type { BoardSight } from './bot.js';

const single = (block: string, params: Record<string, number> = {}): BotBehavior =>
  ({ type: 'single', block, params }) as BotBehavior;
const linear = single('progress_linear', { targetScore: 500, durationSeconds: 1_800 });
const burst = single('progress_burst', { targetScore: 500 });

describe('a bot that goes by time', () => {
  it.each([
    ['linear', linear, { 0: 0, 90: 25, 600: 166, 1799: 499, 1800: 500, 2000: 500 }],
    ['burst', burst, { 0: 0, 15: 37, 30: 75, 36: 216, 45: 429, 48: 500, 60: 500 }],
    ['to the end of the board', single('progress_linear', { targetScore: 7_200 }), { 1: 1, 3600: 3600, 7200: 7200 }],
    ['at a rate', single('progress_linear', { targetScore: 10, ratePerSecond: 0.5 }), { 3: 1, 19: 9, 20: 10, 90: 10 }],
    [
      'below its start',
      { ...single('progress_linear', { targetScore: 5 }), startScore: 9 } as BotBehavior,
      { 0: 9, 99: 9 },
    ],
    [
      'by a fixed instant',
      single('complete_at', { targetScore: 100, atSeconds: 50 }),
      { 25: 50, 49: 98, 50: 100, 80: 100 },
    ],
    ['holding until an instant', single('complete_at', { atSeconds: 50 }), { 25: 0, 80: 0 }],
    ['idle', single('idle'), { 1: 0, 7200: 0 }],
  ])('%s has the scores of the specification (10 §5)', (_name, behavior, scores) => {
    const sut = new WatchedBot(behavior);
    expect(isBotBehavior(behavior)).toBe(true);
    for (const [second, score] of Object.entries(scores))
      expect([second, sut.at(Number(second)).score]).toEqual([second, score]);
  });

  it('varies its target by its seed', () => {
    expect(new WatchedBot(single('progress_linear', { targetScore: 500, variance: 0.2 })).at(7_200).score).toBe(475);
  });

  it('reached its score at the step that made it, however late somebody looks', () => {
    const [watched, late] = [new WatchedBot(linear), new WatchedBot(linear)];
    for (let second = 0; second <= 1_500; second += 1) watched.at(second);
    expect(late.at(1_500)).toEqual(watched.state);
    expect(late.state.achievedAtMs).toBe(1_498_000);
  });

  it('ends where its block says so', () => {
    const reached = new WatchedBot(single('complete_at', { targetScore: 100, atSeconds: 50 }));
    expect([reached.at(49).status, reached.at(50).status]).toEqual(['active', 'completed']);
    expect(new WatchedBot(single('complete')).state.status).toBe('completed');
    expect(new WatchedBot(single('quit')).state.status).toBe('quit');
  });

  it('goes by a coarse grid on a long board, and stops at its end', () => {
    const sut = new WatchedBot(single('progress_linear', { targetScore: 86_400 }), { lengthSeconds: 86_400 });
    expect([sut.at(19).score, sut.at(20).score, sut.at(1e9).score]).toEqual([10, 20, 86_400]);
    const endless = new WatchedBot(single('progress_linear', { targetScore: 2_592_000 }), { lengthSeconds: null });
    expect([endless.at(599).score, endless.at(600).score]).toEqual([300, 600]);
  });
});

describe('a sequence', () => {
  const steps: BotBehavior = {
    type: 'sequence',
    steps: [
      { block: 'wait', params: { durationSeconds: 10.5 } },
      { block: 'progress_linear', params: { targetScore: 100, durationSeconds: 100 } },
      { block: 'progress_linear', params: { targetScore: 50 } },
      { block: 'complete_at', params: { targetScore: 200, atSeconds: 160.5 } },
    ],
  };

  it('enters each step at the exact instant the one before is done', () => {
    const sut = new WatchedBot(steps);
    const seen = [10, 11, 60, 110, 111, 135, 160, 161].map((second) => [second, sut.at(second).score, sut.state.place]);
    expect(seen).toEqual([
      [10, 0, '0'],
      [11, 0, '1'],
      [60, 49, '1'],
      [110, 99, '1'],
      [111, 101, '3'],
      [135, 149, '3'],
      [160, 199, '3'],
      [161, 200, '3'],
    ]);
    expect(sut.state.status).toBe('completed');
  });

  it('moves on when ticks have brought a random step to its target', () => {
    const sut = new WatchedBot({
      type: 'sequence',
      steps: [
        { block: 'random_step_with_fall', params: { advanceChance: 1, targetScore: 2 } },
        { block: 'progress_linear', params: { targetScore: 12, durationSeconds: 10 } },
      ],
    });
    sut.at(5);
    expect(sut.tick(3, 5)).toBe(2);
    expect([sut.state.place, sut.state.lastTick]).toEqual(['1', 3]);
    expect([sut.at(10).score, sut.at(15).score]).toEqual([7, 12]);
  });
});

describe('a bot that steps and falls', () => {
  it.each([
    [0, [1, 0, 1, 2, 3, 4, 5, 5, 5, 5]],
    [1, [1, 0, 0, 1, 0, 1, 0, 0, 1, 2]],
    [2, [1, 2, 3, 4, 0, 0, 0, 0, 0, 1]],
  ])('in slot %d has the scores of the specification (10 §5.10)', (slot, scores) => {
    const sut = new WatchedBot(single('random_step_with_fall'), { slot });
    expect(scores.map((_, at) => sut.tick(at + 1))).toEqual(scores);
    const late = new WatchedBot(single('random_step_with_fall'), { slot });
    expect(late.tick(scores.length)).toBe(scores.at(-1));
  });

  it('is not moved by time, nor by a tick it has had', () => {
    const sut = new WatchedBot(single('random_step_with_fall'));
    sut.tick(3);
    expect([sut.at(7_000).score, sut.tick(3)]).toEqual([1, 1]);
  });
});

describe('a bot that watches others', () => {
  const human = (score: number): Partial<BoardSight> => ({ humanScoreAt: () => score });

  it('tracks a position and never falls back (10 §5.5)', () => {
    const sut = new WatchedBot(single('track_position', { targetRank: 5, offset: -1 }));
    expect([sut.at(1, human(120)).score, sut.at(2, human(118)).score, sut.at(3, human(140)).score]).toEqual([
      119, 119, 139,
    ]);
    expect(sut.at(4).score).toBe(139);
  });

  it('keeps pace with who looks, else with whom it followed last, else with the best (10 §5.6)', () => {
    const scores = new Map([
      ['ann', 100],
      ['bob', 300],
    ]);
    const sight = (requesterId: string | null): Partial<BoardSight> => ({
      requesterId,
      human: (id) => (scores.has(id) ? { score: scores.get(id)!, rank: 1 } : null),
      humanScoreAt: () => 900,
    });
    const sut = new WatchedBot(single('match_player_pace', { ratio: 0.5, offset: 1 }));
    expect([sut.at(1, sight('ann')).score, sut.at(2, sight('bob')).score]).toEqual([51, 151]);
    scores.set('bob', 400);
    expect(sut.at(3, sight(null)).score).toBe(201);
    expect(sut.at(4, sight('a stranger')).score).toBe(201);
    expect(new WatchedBot(single('match_player_pace', { ratio: 0.5 })).at(1, sight(null)).score).toBe(450);
  });

  it('stops watching when its time is over', () => {
    const sut = new WatchedBot(single('track_position', { targetRank: 1, durationSeconds: 10 }));
    expect([sut.at(9, human(50)).score, sut.at(10, human(70)).score]).toEqual([50, 50]);
  });
});

describe('a state machine', () => {
  const machine: BotBehavior = {
    type: 'state_machine',
    initial: 'stalk',
    states: {
      stalk: {
        block: 'track_position',
        params: { targetRank: 5, offset: -1 },
        transitions: [{ when: { expr: 'elapsedSeconds > 600' }, to: 'burst' }],
      },
      burst: {
        block: 'progress_burst',
        params: { targetScore: 500 },
        transitions: [{ when: { expr: 'elapsedSeconds > 660' }, to: 'stalk' }],
      },
    },
  };
  const humans: Partial<BoardSight> = { humanScoreAt: () => 120 };

  it('goes through the states of the specification (10 §6.3)', () => {
    const sut = new WatchedBot(machine);
    const seen = [10, 600, 601, 631, 637, 649, 660, 661, 662, 663].map((second) => {
      const { place, score } = sut.at(second, humans);
      return [second, place, score];
    });
    expect(seen).toEqual([
      [10, 'stalk', 119],
      [600, 'stalk', 119],
      [601, 'burst', 119],
      [631, 'burst', 176],
      [637, 'burst', 284],
      [649, 'burst', 500],
      [660, 'burst', 500],
      [661, 'stalk', 500],
      [662, 'burst', 500],
      [663, 'stalk', 500],
    ]);
  });

  it('passes through states nobody saw', () => {
    const sut = new WatchedBot(machine);
    expect(sut.at(700, humans)).toMatchObject({ place: 'burst', score: 500 });
    const early = new WatchedBot(machine);
    expect(early.at(620, humans).score).toBe(47);
  });

  it('takes no transition while it waits', () => {
    const sut = new WatchedBot({
      type: 'state_machine',
      initial: 'rest',
      states: {
        rest: { block: 'wait', params: { durationSeconds: 5 }, transitions: [{ when: { expr: 'true' }, to: 'gone' }] },
        gone: { block: 'quit' },
      },
    });
    expect([sut.at(4).status, sut.at(5).status]).toEqual(['active', 'quit']);
  });

  it('knows every variable', () => {
    const expr =
      'elapsedSeconds == 4 && stateSeconds == 4 && remainingSeconds == 7196 && score == 0 && rank == 3 && topScore == 9' +
      ' && playerScore == 8 && playerRank == 2 && humanCount == 2 && participantCount == 5 && ticks == 6 && random < 1';
    const sut = new WatchedBot({
      type: 'state_machine',
      initial: 'one',
      states: { one: { block: 'idle', transitions: [{ when: { expr }, to: 'two' }] }, two: { block: 'complete' } },
    });
    const sight: Partial<BoardSight> = {
      ...{ requesterId: 'ann', human: () => ({ score: 8, rank: 2 }), botRank: () => 3 },
      ...{ topScore: 9, humanCount: 2, participantCount: 5, ticks: 6 },
    };
    expect([sut.at(3, sight).status, sut.at(9, sight).place]).toEqual(['active', 'two']);
  });
});

describe('a transition that asks for nothing of time', () => {
  it('is judged once while the bot stays where it is, after a wait, and anew at the next look', () => {
    const sut = new WatchedBot({
      type: 'state_machine',
      initial: 'one',
      states: {
        one: {
          block: 'wait',
          params: { durationSeconds: 10 },
          transitions: [
            { when: { expr: 'topScore > 50' }, to: 'two' },
            { when: { expr: 'stateSeconds >= 4000' }, to: 'three' },
          ],
        },
        two: { block: 'complete' },
        three: { block: 'idle', transitions: [{ when: { expr: 'topScore < 50' }, to: 'one' }] },
      },
    });
    let asked = 0;
    const sight = (score: number) =>
      Object.defineProperty({ ...emptySight }, 'topScore', { get: () => ((asked += 1), score), enumerable: true });
    const look = (second: number, score: number) => {
      sut.state = advanceBot(sut.bot, sut.state, sut.clock, sight(score), second * 1_000);
      return sut.state.place;
    };
    expect([look(9, 60), asked]).toEqual(['one', 0]);
    expect([look(3_999, 40), asked]).toEqual(['one', 1]);
    expect([look(4_000, 40), look(4_001, 40)]).toEqual(['three', 'one']);
    expect(look(4_012, 60)).toBe('two');
  });
});

describe('whatever the moments somebody looks', () => {
  const duration = fc.integer({ min: 1, max: 400 }).map((tenths) => tenths / 10);
  const step = fc.oneof(
    duration.map((durationSeconds) => ({ block: 'idle', params: { durationSeconds } })),
    fc
      .record({
        targetScore: fc.integer({ min: 0, max: 1_000 }),
        durationSeconds: duration,
        variance: fc.constant(0.3),
      })
      .map((params) => ({ block: 'progress_linear', params })),
    fc
      .record({ targetScore: fc.integer({ min: 0, max: 1_000 }), durationSeconds: duration })
      .map((params) => ({ block: 'progress_burst', params })),
  );

  it('a bot that goes by time stands the same', () => {
    fc.assert(
      fc.property(
        fc.array(step, { minLength: 1, maxLength: 6 }),
        fc.array(fc.integer({ min: 0, max: 300 }), { maxLength: 20 }),
        (steps, looks) => {
          const behavior = { type: 'sequence', steps } as BotBehavior;
          const [once, often] = [new WatchedBot(behavior), new WatchedBot(behavior)];
          for (const second of looks.toSorted((left, right) => left - right)) often.at(second);
          expect(often.at(301)).toEqual(once.at(301));
          expect(once.state.score).toBeGreaterThanOrEqual(0);
        },
      ),
      { numRuns: 300 },
    );
  });
});

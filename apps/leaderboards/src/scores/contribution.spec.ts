import fc from 'fast-check';
import type { ScoreAggregation } from '@kraty/contracts/events';
import { Tally, type Contribution, type Entry, type Write } from './contribution.js';
import { foldStandings } from './standing.js';

const player = 'p';
const weekMs = 1_000;

type Told = Pick<Write, 'sourceId' | 'revision' | 'score' | 'writtenAtMs'> & { scoreAtMs?: number };

/** A board with a list a week, kept as the store keeps it: what a batch leaves behind the next one reads. */
class World {
  contributions = new Map<string, Contribution>();
  entries = new Map<string, Entry>();

  constructor(private readonly aggregation: ScoreAggregation) {}

  /** Applies one batch, as one transaction would. */
  apply(batch: readonly Told[]): void {
    const copies = [...this.contributions.values()].map((one) => ({ ...one }));
    const tally = new Tally(
      copies,
      [...this.entries.values()].map((one) => ({ ...one })),
      () => this.aggregation,
    );
    for (const told of batch) tally.apply(writeOf(told));
    this.keep(tally);
  }

  direct(value: number, atMs: number): void {
    const tally = new Tally(
      [],
      [...this.entries.values()].map((one) => ({ ...one })),
      () => this.aggregation,
    );
    tally.addDirectly('week 0', player, value, atMs);
    this.keep(tally);
  }

  row(week = 0): { score: number; achievedAtMs: number } | null {
    const entry = this.entries.get(`week ${week}`);
    return entry ? { score: entry.score, achievedAtMs: entry.achievedAtMs } : null;
  }

  rows() {
    return [...this.entries.keys()].toSorted().map((key) => {
      const { score, achievedAtMs, joinedOnly, total } = this.entries.get(key)!;
      return { key, score, achievedAtMs, joinedOnly, total };
    });
  }

  private keep(tally: Tally): void {
    for (const one of tally.contributions) this.contributions.set(`${one.leaderboardId} ${one.sourceId}`, one);
    for (const one of tally.rows) this.entries.set(one.leaderboardId, one);
  }
}

function writeOf({ scoreAtMs, ...told }: Told): Write {
  const periodStartMs = Math.floor(told.writtenAtMs / weekMs) * weekMs;
  return {
    leaderboardId: `week ${periodStartMs / weekMs}`,
    playerId: player,
    definitionId: 'board',
    periodStartMs,
    scoreAtMs: scoreAtMs ?? null,
    ...told,
  };
}

/** 06 §5.1, the worked example: attempts A and B, the scores after each write. */
const worked: Told[] = [
  { sourceId: 'A', revision: 1, score: 10, writtenAtMs: 1 },
  { sourceId: 'A', revision: 2, score: 25, writtenAtMs: 2 },
  { sourceId: 'A', revision: 3, score: 5, writtenAtMs: 3 },
  { sourceId: 'B', revision: 1, score: 8, writtenAtMs: 4 },
  { sourceId: 'B', revision: 2, score: 30, writtenAtMs: 5 },
];

/** What a board that keeps the best shows after each write. */
function bestAfter(writes: readonly Told[]): number[] {
  return writes.map((_, at) => {
    const standings = writes.slice(0, at + 1).map(({ score, writtenAtMs }) => ({
      leaderboardId: 'b',
      participantId: player,
      score,
      achievedAtMs: writtenAtMs,
      joinedOnly: false,
      attemptId: null,
    }));
    return foldStandings(standings)[0]!.score;
  });
}

function shownAfter(aggregation: 'latest' | 'sum'): (number | undefined)[] {
  const world = new World(aggregation);
  return worked.map((told) => {
    world.apply([told]);
    return world.row()?.score;
  });
}

describe('a score on a board', () => {
  it('is counted as in the worked example', () => {
    expect(bestAfter(worked)).toEqual([10, 25, 25, 25, 30]);
    expect(shownAfter('latest')).toEqual([10, 25, 5, 8, 30]);
    expect(shownAfter('sum')).toEqual([10, 25, 5, 13, 35]);
  });

  it('is the best of one board and the sum of another, from the same attempts of 40 and 60', () => {
    const attempts: Told[] = [
      { sourceId: 'A', revision: 1, score: 40, writtenAtMs: 1 },
      { sourceId: 'B', revision: 1, score: 60, writtenAtMs: 2 },
    ];
    const sum = new World('sum');
    sum.apply(attempts);
    expect([bestAfter(attempts).at(-1), sum.row()?.score]).toEqual([60, 100]);
  });

  it('counts on in the next period from where the last one ended', () => {
    const world = new World('sum');
    world.apply([{ sourceId: 'A', revision: 1, score: 40, writtenAtMs: 999 }]);
    world.apply([{ sourceId: 'A', revision: 2, score: 55, writtenAtMs: 1_000 }]);
    expect([world.row(0)?.score, world.row(1)?.score]).toEqual([40, 15]);
    // The last write of the old period comes late.
    const late = new World('sum');
    late.apply([{ sourceId: 'A', revision: 2, score: 55, writtenAtMs: 1_000 }]);
    late.apply([{ sourceId: 'A', revision: 1, score: 40, writtenAtMs: 999 }]);
    expect([late.row(0)?.score, late.row(1)?.score]).toEqual([40, 15]);
  });

  it('shows the full score in the next period where it is the latest', () => {
    const world = new World('latest');
    world.apply([{ sourceId: 'A', revision: 1, score: 40, writtenAtMs: 999 }]);
    world.apply([{ sourceId: 'A', revision: 2, score: 55, writtenAtMs: 1_000 }]);
    expect([world.row(0)?.score, world.row(1)?.score]).toEqual([40, 55]);
  });

  it('keeps its time when the same value is reached again', () => {
    const world = new World('latest');
    world.apply([{ sourceId: 'A', revision: 1, score: 5, writtenAtMs: 1 }]);
    world.apply([{ sourceId: 'A', revision: 2, score: 5, writtenAtMs: 2 }]);
    world.apply([{ sourceId: 'B', revision: 1, score: 5, writtenAtMs: 3 }]);
    expect(world.row()).toEqual({ score: 5, achievedAtMs: 1 });
  });

  it('adds up exactly, and is cut to the bound of a score', () => {
    const world = new World('sum');
    for (let at = 0; at < 10; at += 1) world.apply([{ sourceId: `${at}`, revision: 1, score: 0.1, writtenAtMs: at }]);
    expect(world.row()?.score).toBe(1);
    world.apply([{ sourceId: 'X', revision: 1, score: 1e15, writtenAtMs: 20 }]);
    expect(world.row()?.score).toBe(1e15);
    world.apply([{ sourceId: 'X', revision: 2, score: 0, writtenAtMs: 21 }]);
    expect(world.row()?.score).toBe(1);
  });

  it('takes direct scores beside those of attempts', () => {
    const world = new World('sum');
    world.apply([{ sourceId: 'A', revision: 1, score: 40, writtenAtMs: 1 }]);
    world.direct(-15, 2);
    world.apply([{ sourceId: 'A', revision: 2, score: 45, writtenAtMs: 3 }]);
    expect(world.row()).toEqual({ score: 30, achievedAtMs: 3 });
  });

  it('replaces a mere registration whatever its value', () => {
    const tally = new Tally([], [], () => 'sum');
    tally.join('week 0', player, 0, 1);
    expect(tally.entryOf('week 0', player)).toMatchObject({ score: 0, joinedOnly: true });
    tally.apply(writeOf({ sourceId: 'A', revision: 1, score: -5, writtenAtMs: 7 }));
    expect(tally.entryOf('week 0', player)).toMatchObject({ score: -5, achievedAtMs: 7, joinedOnly: false });
  });
});

/** Attempts one after the other, each with the scores it has shown; times ascend across all of them. */
const histories = fc
  .array(fc.array(fc.integer({ min: -50, max: 50 }), { minLength: 1, maxLength: 5 }), { minLength: 1, maxLength: 4 })
  .chain((attempts) => {
    const count = attempts.reduce((sum, scores) => sum + scores.length, 0);
    const steps = fc.array(fc.integer({ min: 1, max: 400 }), { minLength: count, maxLength: count });
    return steps.map((given) => historyOf(attempts, given));
  });

function historyOf(attempts: number[][], steps: number[]): Told[] {
  let atMs = 0;
  let step = 0;
  return attempts.flatMap((scores, attempt) => {
    let scoreAtMs = 0;
    return scores.map((score, at) => {
      atMs += steps[step++]!;
      if (at === 0 || scores[at - 1] !== score) scoreAtMs = atMs;
      return { sourceId: `attempt ${attempt}`, revision: at + 1, score, writtenAtMs: atMs, scoreAtMs };
    });
  });
}

describe('facts in any order, split and repeated', () => {
  it.each(['latest', 'sum'] as const)('make the same final board (%s)', (aggregation) => {
    const property = fc.property(
      histories.chain((history) =>
        fc.tuple(
          fc.constant(history),
          fc.shuffledSubarray([...history, ...history, ...history], { minLength: 3 * history.length }),
          fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 60, maxLength: 60 }),
        ),
      ),
      ([history, shuffled, sizes]) => {
        const inOrder = new World(aggregation);
        for (const told of history) inOrder.apply([told]);
        const anyhow = new World(aggregation);
        for (let from = 0, batch = 0; from < shuffled.length; batch += 1) {
          anyhow.apply(shuffled.slice(from, from + sizes[batch % sizes.length]!));
          from += sizes[batch % sizes.length]!;
        }
        expect(anyhow.rows()).toEqual(inOrder.rows());
      },
    );
    fc.assert(property, { numRuns: 300 });
  });
});

import fc from 'fast-check';
import { describeWindowPolicy, readBoardStandings, readSettledAttempts } from '@kraty/contracts/events';
import type { Attempt, ScoreAggregation, SettledAttempt } from '@kraty/contracts/events';
import type { PlayerRef } from '@kraty/contracts/common';
import { crabSprint, EventsWorld, refusal } from '../events-world.fixture.js';

const startMs = Date.parse('2026-06-01T12:00:00Z');
const aggregations: ScoreAggregation[] = ['best', 'latest', 'sum'];
const everything = 5_000;
let world: EventsWorld;

beforeAll(async () => {
  world = await EventsWorld.start('2026-06-01T12:00:00Z');
  await world.configure(
    ...aggregations.map((scoreAggregation) =>
      crabSprint({ key: scoreAggregation, leaderboard: { mode: 'global', scoreAggregation } }),
    ),
    crabSprint({
      key: 'pool',
      availability: { mode: 'fixed_window', startsAt: '2026-06-01T12:00:00Z', endsAt: '2026-06-01T13:00:00Z' },
      metrics: [{ key: 'shells', cap: 10 }],
      rewardPolicy: {
        type: 'shared_pool',
        parameters: {
          pool: 100,
          currencyKey: 'pearls',
          winnerPredicate: { type: 'metric_at_least', metricKey: 'shells', threshold: 5 },
        },
      },
    }),
  );
});

afterAll(() => world.stop());
beforeEach(() => world.now('2026-06-01T12:00:00Z'));

interface Standing {
  score: number | null;
  achievedAtMs: number;
}

/** What a board makes of a player's writes, one after the other (06 §5.1–5.2): the rule as it is told, not as it is queried. */
function told(aggregation: ScoreAggregation, attempts: number[][]): Standing {
  let standing: Standing = { score: null, achievedAtMs: startMs };
  const finals: number[] = [];
  let second = 0;
  for (const [at, scores] of attempts.entries()) {
    for (const score of scores) {
      second += 1;
      finals[at] = score;
      const shown = {
        best: Math.max(standing.score ?? -Infinity, score),
        latest: score,
        sum: finals.reduce((sum, final) => sum + (final ?? 0), 0),
      }[aggregation];
      if (shown !== standing.score) standing = { score: shown, achievedAtMs: startMs + second * 1_000 };
    }
  }
  return standing;
}

type Step = { does: 'start' } | { does: 'finish' } | { does: 'write'; score: number };

function stepsOf(attempts: number[][]): Step[] {
  const steps = attempts.flatMap((scores): Step[] => [
    { does: 'start' },
    ...scores.map((score): Step => ({ does: 'write', score })),
    { does: 'finish' },
  ]);
  return steps.slice(0, -1);
}

/** One player's part: each list of scores is an attempt. */
class Part {
  attempt: Attempt | undefined;
  private readonly steps: Step[];

  constructor(
    readonly player: PlayerRef,
    private readonly eventKey: string,
    attempts: number[][],
  ) {
    this.steps = stepsOf(attempts);
  }

  /** Up to the next write; false when there is none. */
  async toNextWrite(): Promise<boolean> {
    const { player, eventKey } = this;
    while (this.steps.length > 0 && this.steps[0]?.does !== 'write') {
      if (this.steps.shift()?.does === 'start') this.attempt = await world.started(player, eventKey);
      else await world.finish(player, this.attempt!, { eventKey });
    }
    return this.steps.length > 0;
  }

  async write(): Promise<void> {
    const step = this.steps.shift();
    if (step?.does !== 'write') return;
    const options = { eventKey: this.eventKey, mode: 'set' as const };
    await world.progress(this.player, this.attempt!, { shells: step.score }, options);
  }
}

/** Everybody writes once a second, as long as there is something to write. */
async function play(parts: Part[]): Promise<Attempt[]> {
  for (let second = 1; ; second += 1) {
    const going = await Promise.all(parts.map((part) => part.toNextWrite()));
    if (!going.includes(true)) break;
    world.clock.set(new Date(startMs + second * 1_000));
    await Promise.all(parts.map((part) => part.write()));
  }
  return parts.map(({ attempt }) => attempt!);
}

async function standings(leaderboardId: string, pageSize = everything) {
  const all = new Map<string, Standing>();
  let afterPlayerId: string | null = null;
  for (;;) {
    const page: { standings: ({ playerId: string } & Standing)[] } = await world.ask(readBoardStandings, {
      leaderboardId,
      afterPlayerId,
      limit: pageSize,
    });
    for (const { playerId, ...standing } of page.standings) all.set(playerId, standing);
    afterPlayerId = page.standings.at(-1)?.playerId ?? null;
    if (page.standings.length < pageSize) return all;
  }
}

describe('standings', () => {
  const worked = [
    [10, 25, 5],
    [8, 30],
  ];

  it.each<[ScoreAggregation, number]>([
    ['best', 30],
    ['latest', 30],
    ['sum', 35],
  ])('by %s of the worked example are %s (06 §5.1)', async (aggregation, score) => {
    const player = world.player(`worked ${aggregation}`);
    const [attempt] = await play([new Part(player, aggregation, worked)]);
    expect((await standings(attempt!.leaderboardId)).get(player.playerId)).toEqual({
      score,
      achievedAtMs: startMs + 5_000,
    });
  });

  it.each(aggregations)('by %s are what the writes make of the board, page by page', async (aggregation) => {
    const anyAttempts = fc.array(fc.array(fc.integer({ min: -1, max: 2 }), { maxLength: 4 }), {
      minLength: 1,
      maxLength: 4,
    });
    const plays = fc.sample(anyAttempts, { numRuns: 80, seed: 7 });
    const parts = plays.map((attempts, at) => new Part(world.player(`${aggregation} ${at}`), aggregation, attempts));
    const [attempt] = await play(parts);
    const found = await standings(attempt!.leaderboardId, 7);
    for (const [at, { player }] of parts.entries()) {
      const shown = { attempts: plays[at], standing: found.get(player.playerId) };
      expect(shown).toEqual({ attempts: plays[at], standing: told(aggregation, plays[at]!) });
    }
  });

  it('of a board that does not exist are none', async () => {
    expect(await standings('0198f0c1-0000-7000-8000-000000000000')).toEqual(new Map());
  });
});

describe('a window that has closed', () => {
  it('tells its policy and its attempts in their final state, in pages', async () => {
    const attempts: Attempt[] = [];
    for (let at = 0; at < 5; at += 1) {
      attempts.push(...(await play([new Part(world.player(`p${at}`), 'pool', [[at * 4]])])));
    }
    const { eventWindowId, leaderboardId } = attempts[0]!;
    const open = await settled({ eventWindowId });
    expect(open).toEqual([]);
    world.now('2026-06-01T13:00:00Z');
    await world.workersRun();

    const expected = attempts.map(({ id, playerId }, at) => ({
      attemptId: id,
      playerId,
      externalPlayerId: `p${at}`,
      leaderboardId,
      metrics: { shells: Math.min(at * 4, 10) },
      score: Math.min(at * 4, 10),
      status: 'completed',
    }));
    expect(await settled({ eventWindowId })).toEqual(expected);
    expect(await settled({ eventWindowId, leaderboardId })).toEqual(expected);
    expect(await settled({ eventWindowId, environment: 'test' })).toEqual([]);
    expect(await settled({ eventWindowId, leaderboardId: eventWindowId })).toEqual([]);

    expect(await world.ask(describeWindowPolicy, { game: world.game, eventWindowId })).toEqual({
      eventId: attempts[0]!.eventId,
      eventKey: 'pool',
      endsAt: '2026-06-01T13:00:00.000Z',
      rewardPolicy: expect.objectContaining({ type: 'shared_pool' }) as unknown,
    });
  });

  it('is not found in another game', async () => {
    const [{ id } = {}] = await world.rows('select id from event_window limit 1');
    const game = { ...world.game, gameId: '0198f0c1-0000-7000-8000-000000000000' };
    for (const eventWindowId of [id as string, 'what']) {
      const asked = world.ask(describeWindowPolicy, { game, eventWindowId });
      expect(await refusal(asked)).toMatchObject({ code: 'not_found' });
    }
  });
});

async function settled(of: {
  eventWindowId: string;
  leaderboardId?: string;
  environment?: 'test';
}): Promise<SettledAttempt[]> {
  const { eventWindowId, leaderboardId = null, environment = 'live' } = of;
  const found: SettledAttempt[] = [];
  let afterAttemptId: string | null = null;
  for (;;) {
    const page: { attempts: SettledAttempt[] } = await world.ask(readSettledAttempts, {
      scope: { ...world.scope, environment },
      eventWindowId,
      leaderboardId,
      afterAttemptId,
      limit: 2,
    });
    found.push(...page.attempts);
    afterAttemptId = page.attempts.at(-1)?.attemptId ?? null;
    if (page.attempts.length < 2) return found;
  }
}

import { MovableClock } from '@kraty/platform/clock';
import { eventually } from '@kraty/testing/harness';
import { World, type Answer, type Player } from '@kraty/testing/world';
import { dataOf, verdictOf } from './operator.fixture.js';

const clock = new MovableClock(new Date('2026-06-02T00:00:00.001Z'));
const path = '/events/trail_of_triumph';

/**
 * The example of 05 §19 with one board for everybody. What is left out are its lobbies: the 202 `lobby_forming` of step
 * 1, the bots beside each player, and the board of another lobby for bob.
 */
const game = {
  currencies: [{ key: 'cash', name: 'Cash', kind: 'currency' }],
  events: [
    {
      key: 'trail_of_triumph',
      name: 'Trail fixture',
      status: 'scheduled',
      metrics: [{ key: 'streak', target: 5, capAtTarget: true, resetOn: { metricKey: 'losses' } }, { key: 'losses' }],
      scoreFormula: { type: 'linear' },
      availability: {
        mode: 'recurring_windows',
        timezone: 'America/New_York',
        windows: [{ startTime: '20:00', durationSeconds: 86_400, daysOfWeek: [0, 1, 2, 3, 4, 5, 6] }],
      },
      attempt: { durationSeconds: 86_400, replayableDuringWindow: true },
      leaderboard: { mode: 'global', scoreAggregation: 'best' },
      entryRequirement: {
        type: 'not',
        condition: {
          type: 'completed_event_at_least_once',
          eventKey: 'trail_of_triumph',
          within: 'current_window',
        },
      },
      rewardPolicy: {
        type: 'shared_pool',
        parameters: {
          pool: 10_000,
          currencyKey: 'cash',
          winnerPredicate: { type: 'metric_at_least', metricKey: 'streak', threshold: 5 },
        },
      },
    },
  ],
};

interface Attempt {
  id: string;
  leaderboardId: string;
  playerId: string;
  status: string;
  endsAt: string;
  score: number;
  metrics: Record<string, number>;
  metricsRaw: Record<string, number>;
}

interface Board {
  finalized: boolean;
  entries: { participantId: string; score: number; rank: number }[];
}

interface Grant {
  sourceKind: string;
  sourceRefId: string;
  contents: { entries: unknown[] };
}

let world: World;
let alice: Player;
let bob: Player;
let carol: Player;

beforeAll(async () => {
  world = await World.start(['gateway', 'identity', 'events', 'leaderboards', 'grants', 'economy'], { clock });
  await world.configure(game);
  [alice, bob, carol] = [await world.player('alice'), await world.player('bob'), await world.player('carol')];
});

afterAll(async () => {
  await world.stop();
});

const start = (player: Player) => player.post(`${path}/start`);
const started = async (player: Player) => dataOf<{ attempt: Attempt }>(await start(player)).attempt;
const add = (player: Player, attempt: Attempt, metrics: object, mode = 'increment'): Promise<Answer> =>
  player.post(`${path}/attempts/${attempt.id}/progress`, { mode, metrics });
const boardOf = async ({ leaderboardId }: Attempt) =>
  dataOf<Board>(await world.call('GET', `/sdk/v1/event-leaderboards/${leaderboardId}`));
const scoreOf = async (attempt: Attempt) =>
  (await boardOf(attempt)).entries.find(({ participantId }) => participantId === attempt.playerId)?.score;
const pendingOf = async (player: Player) => dataOf<Grant[]>(await player.get('/pending-grants'));

describe('a trail of triumph (05 §19)', () => {
  let first: Attempt;
  let second: Attempt;
  let third: Attempt;

  it('day 1: alice loses her streak twice and wins five in a row', async () => {
    first = await started(alice);
    expect(first).toMatchObject({
      status: 'in_progress',
      endsAt: '2026-06-03T00:00:00.000Z',
      metricsRaw: { streak: 0, losses: 0 },
      score: 0,
    });
    expect(await scoreOf(first)).toBe(0);
    const steps: [object, number[], number, number][] = [
      ...[1, 2, 3].map((streak): [object, number[], number, number] => [{ streak: 1 }, [streak, 0], streak, streak]),
      [{ losses: 1 }, [0, 1], 0, 3],
      [{ streak: 1, losses: 1 }, [0, 2], 0, 3],
      ...[1, 2, 3, 4].map((streak): [object, number[], number, number] => [
        { streak: 1 },
        [streak, 2],
        streak,
        Math.max(3, streak),
      ]),
    ];
    for (const [metrics, [streak, losses], score, board] of steps) {
      const { attempt } = dataOf<{ attempt: Attempt }>(await add(alice, first, metrics));
      expect(attempt).toMatchObject({ status: 'in_progress', metricsRaw: { streak, losses }, score });
      expect(await scoreOf(first)).toBe(board);
    }
    const { attempt: won } = dataOf<{ attempt: Attempt }>(await add(alice, first, { streak: 1 }));
    expect(won).toMatchObject({ status: 'completed', metricsRaw: { streak: 5, losses: 2 }, score: 5 });
    expect(await scoreOf(first)).toBe(5);
    expect(verdictOf(await add(alice, first, { streak: 1 }))).toEqual([409, 'attempt_finished']);
    expect(verdictOf(await start(alice))).toEqual([403, 'entry_requirement_failed']);
    expect(await pendingOf(alice)).toEqual([]);
  });

  it('day 1: bob never wins five in a row, carol does at one stroke', async () => {
    clock.advance(60_000);
    second = await started(bob);
    for (const metrics of [{ streak: 1 }, { streak: 1 }, { streak: 1 }, { streak: 1 }, { losses: 1 }, { streak: 2 }]) {
      await add(bob, second, metrics);
    }
    expect(await scoreOf(second)).toBe(4);
    third = await started(carol);
    const { attempt } = dataOf<{ attempt: Attempt }>(await add(carol, third, { streak: 7 }, 'set'));
    expect(attempt).toMatchObject({ status: 'completed', metricsRaw: { streak: 7 }, metrics: { streak: 5 }, score: 5 });
  });

  it('the close of day 1: two winners share the pool, the loser keeps his place on the board', async () => {
    clock.set(new Date('2026-06-03T00:00:00.000Z'));
    await eventually(async () => expect((await boardOf(first)).finalized).toBe(true));
    expect((await boardOf(first)).entries.map(({ participantId, score }) => [participantId, score])).toEqual([
      [first.playerId, 5],
      [third.playerId, 5],
      [second.playerId, 4],
    ]);
    const late = await add(bob, second, { streak: 1 });
    expect(late.json.error).toMatchObject({ code: 'attempt_finished', details: { status: 'expired' } });
    for (const winner of [alice, carol]) {
      await eventually(async () => {
        // What met a busy service is tried again seconds later, and this clock moves by nobody else.
        clock.advance(1_000);
        const [grant, ...others] = await pendingOf(winner);
        expect(others).toEqual([]);
        expect(grant).toMatchObject({
          sourceKind: 'event_window',
          contents: { entries: [{ type: 'currency', currencyKey: 'cash', amount: 5_000 }] },
        });
      });
    }
    expect(await pendingOf(bob)).toEqual([]);
  });

  it('day 2: the gate is open again, metrics begin at 0, and who gives up may start anew', async () => {
    const again = await started(alice);
    expect(again).toMatchObject({ metricsRaw: { streak: 0, losses: 0 }, endsAt: '2026-06-04T00:00:00.000Z' });
    expect(again.leaderboardId).not.toBe(first.leaderboardId);
    const run = await started(bob);
    await add(bob, run, { streak: 3 });
    const finished = await bob.post(`${path}/attempts/${run.id}/finish`, {});
    expect(dataOf<{ outcome: string }>(finished).outcome).toBe('expired');
    const fresh = await started(bob);
    expect(fresh.id).not.toBe(run.id);
    expect(fresh.leaderboardId).toBe(run.leaderboardId);
    expect(await scoreOf(fresh)).toBe(3);
  });

  it('a start two minutes before the end lasts two minutes, and the next window is there at once', async () => {
    clock.set(new Date('2026-06-03T23:58:00.000Z'));
    const dave = await world.player('dave');
    const short = await started(dave);
    expect(short.endsAt).toBe('2026-06-04T00:00:00.000Z');
    clock.set(new Date('2026-06-04T00:00:00.000Z'));
    const next = await started(dave);
    expect(next.endsAt).toBe('2026-06-05T00:00:00.000Z');
    expect(verdictOf(await add(dave, short, { streak: 1 }))).toEqual([409, 'attempt_finished']);
    await eventually(async () => expect((await boardOf(short)).finalized).toBe(true));
  });
});

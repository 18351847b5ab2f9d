import type { Anomaly, EventPreview, EventStatistics, EventView, ForceCompletedAttempt } from '@kraty/contracts/events';
import { MovableClock } from '@kraty/platform/clock';
import { eventually } from '@kraty/testing/harness';
import { World, type Player } from '@kraty/testing/world';
import { dataOf, Operator, verdictOf } from './operator.fixture.js';
import { untilQuiet } from './quiet.fixture.js';

const opened = Date.parse('2026-06-02T12:00:00Z');
const clock = new MovableClock(new Date(opened));
const owners = ['identity', 'events', 'leaderboards', 'grants', 'economy'];
const nowhere = '0198f0b2-0000-7000-8000-000000000000';
const reason = 'ticket 4711';
/** Written twice a minute for every board there is, whoever asks for what. */
const byTheClock = new Set(['leaderboards.board_sampling', 'leaderboards.board_sample']);

const game = {
  currencies: [{ key: 'cash', name: 'Cash', kind: 'currency' }],
  rewardBundles: [
    {
      key: 'prize',
      name: 'Prize',
      entries: [{ type: 'currency', currencyKey: 'cash', amount: { min: 1, max: 1_000_000 } }],
    },
  ],
  leaderboards: [{ key: 'hall', name: 'Hall', resetCadence: 'never', scoreAggregation: 'sum' }],
  events: [
    {
      key: 'trail',
      status: 'scheduled',
      availability: {
        mode: 'recurring_windows',
        timezone: 'America/New_York',
        windows: [{ startTime: '20:00', durationSeconds: 86_400 }],
      },
      metrics: [{ key: 'streak', target: 5, capAtTarget: true, resetOn: { metricKey: 'losses' } }, { key: 'losses' }],
      attempt: { durationSeconds: 3_600, replayableDuringWindow: true },
      milestoneRewards: [
        {
          key: 'three',
          metricKey: 'streak',
          threshold: 3,
          entries: [{ type: 'currency', currencyKey: 'cash', amount: 1 }],
        },
      ],
      rewardPolicy: {
        type: 'shared_pool',
        parameters: {
          pool: 10_000,
          currencyKey: 'cash',
          winnerPredicate: { type: 'metric_at_least', metricKey: 'streak', threshold: 5 },
        },
      },
    },
    {
      key: 'prized',
      status: 'scheduled',
      availability: { mode: 'always_on' },
      contributesTo: ['nowhere', 'hall'],
      metrics: [{ key: 'shells', target: 10 }],
      attempt: { replayableDuringWindow: true },
      rewardPolicy: { type: 'fixed_bundle', parameters: { rewardBundleKey: 'prize' } },
      antiCheat: {
        validators: [{ key: 'max_metric_jump', params: { metricKey: 'shells', maxDelta: 50, verdict: 'flag' } }],
      },
    },
  ],
};

let world: World;
let operator: Operator;

beforeAll(async () => {
  world = await World.start(['gateway', ...owners], { clock });
  await world.configure(game);
  operator = await Operator.signIn(world);
});

afterAll(async () => {
  await world.stop();
});

beforeEach(() => clock.set(new Date(opened)));

interface Attempt {
  id: string;
  leaderboardId: string;
}

const started = async (player: Player, event: string): Promise<Attempt> =>
  dataOf<{ attempt: Attempt }>(await player.post(`/events/${event}/start`)).attempt;
const report = (player: Player, event: string, { id }: Attempt, metrics: object) =>
  player.post(`/events/${event}/attempts/${id}/progress`, { mode: 'set', metrics });
const boardOf = async ({ leaderboardId }: Attempt) =>
  dataOf<{ entries: { score: number; rank: number }[] }>(
    await world.call('GET', `/sdk/v1/leaderboards/${leaderboardId}`),
  );

describe('a preview', () => {
  const ask = (event: string, body: object) => operator.done<EventPreview>('POST', `/events/${event}/preview`, body);

  /** Rows of every table of every service but those that keep time. */
  async function rowCounts(): Promise<Record<string, number>> {
    const counts: Record<string, number> = {};
    for (const service of owners) {
      const tables = await world.ground.sql<{ name: string }>(
        service,
        'select table_name as name from information_schema.tables where table_schema = current_schema()',
      );
      for (const { name } of tables) {
        if (byTheClock.has(`${service}.${name}`)) continue;
        const [row] = await world.ground.sql<{ count: string }>(service, `select count(*) from "${name}"`);
        counts[`${service}.${name}`] = Number(row!.count);
      }
    }
    return counts;
  }

  it('gives the example of 05 §18', async () => {
    const preview = await ask('trail', { metrics: { streak: 7, losses: 2 }, assumedWinners: 3 });
    expect(preview).toEqual({
      score: 5,
      completed: true,
      grants: [{ kind: 'reward', entries: [{ type: 'currency', currencyKey: 'cash', amount: 3_333 }], payout: 'pool' }],
      metricsRaw: { streak: 7, losses: 2 },
      metricsCapped: { streak: 5, losses: 2 },
      breakdown: [
        { metricKey: 'streak', value: 5, contribution: 5 },
        { metricKey: 'losses', value: 2, contribution: 0 },
      ],
      milestonesFired: ['three'],
      warnings: [],
      persisted: false,
    });
    expect((await ask('trail', { metrics: { streak: 4 } })).grants).toEqual([]);
  });

  it('rolls the same for the same input, looks at unsaved edits, and writes nothing anywhere', async () => {
    await untilQuiet(world, owners);
    const before = await rowCounts();
    const first = await ask('prized', { metrics: { shells: 10 }, seed: 'a' });
    expect(first.grants).toHaveLength(1);
    expect(await ask('prized', { metrics: { shells: 10 }, seed: 'a' })).toEqual(first);
    expect((await ask('prized', { metrics: { shells: 10 }, seed: 'b' })).grants).not.toEqual(first.grants);
    expect((await ask('prized', { metrics: { shells: 9 } })).grants).toEqual([]);
    const tiers = [{ fromRank: 2, toRank: 3, entries: [{ type: 'currency', currencyKey: 'cash', amount: 7 }] }];
    const draft = {
      key: 'prized',
      metrics: [{ key: 'shells', scorePerUnit: 2 }],
      rewardPolicy: { type: 'rank_scaled', parameters: { tiers } },
    };
    const edited = await ask('prized', { metrics: { shells: 3 }, rank: 2, draft });
    expect(edited).toMatchObject({ score: 6, grants: [{ payout: 'rank', entries: [{ amount: 7 }] }] });
    expect((await ask('prized', { metrics: { shells: 3 }, rank: 4, draft })).grants).toEqual([]);
    expect(await rowCounts()).toEqual(before);
  });

  it('knows bundles by id as well as by key', async () => {
    const [bundle] = await world.ground.sql<{ id: string }>(
      'grants',
      `select id from reward_bundle where key = 'prize'`,
    );
    const draft = (rewardBundleId: string) => ({
      key: 'prized',
      metrics: [{ key: 'shells' }],
      rewardPolicy: { type: 'fixed_bundle', parameters: { rewardBundleId } },
    });
    const body = (id: string) => ({ metrics: {}, seed: 'a', draft: draft(id) });
    expect(await ask('prized', body(bundle!.id))).toEqual(await ask('prized', body('prize')));
    const lost = await operator.call('POST', '/events/prized/preview', body(nowhere));
    expect((await ask('prized', body('prize'))).grants).toHaveLength(1);
    expect(dataOf<EventPreview>(lost).warnings).toMatchObject([{ code: 'bundle_archived' }, {}]);
  });

  it('refuses metrics that the event does not have, and a draft that contradicts itself', async () => {
    const unknown = await operator.call('POST', '/events/trail/preview', { metrics: { coins: 1 } });
    expect(unknown.json.error).toMatchObject({ code: 'invalid_metric', details: { metricKeys: ['coins'] } });
    for (const draft of [
      { key: 'x', metrics: [{ key: 'a' }, { key: 'a' }] },
      { key: 'x', nonsense: 1 },
    ]) {
      const answer = await operator.call('POST', '/events/trail/preview', { metrics: {}, draft });
      expect(verdictOf(answer)).toEqual([422, 'config_invalid']);
    }
    expect(verdictOf(await operator.call('POST', '/events/trail/preview', { metrics: { streak: 'x' } }))[0]).toBe(400);
  });
});

describe('a forced completion', () => {
  const force = (attempt: { id: string }, body: object = {}, as = operator) =>
    as.call('POST', `/attempts/${attempt.id}/force-complete`, { reason, ...body });

  it('completes what runs, replaces the score, brings the board along and rolls nothing', async () => {
    const player = await world.player('forced');
    const attempt = await started(player, 'prized');
    await report(player, 'prized', attempt, { shells: 4 });
    const answer = await force(attempt, { overrideScore: 2, idempotencyKey: 'f-1' });
    expect(answer.status).toBe(200);
    const done = dataOf<ForceCompletedAttempt>(answer);
    expect(done.attempt).toMatchObject({
      id: attempt.id,
      status: 'force_completed',
      score: 2,
      metrics: { shells: 4 },
      completedAt: '2026-06-02T12:00:00.000Z',
    });
    const { leaderboardId: hall } = dataOf<{ leaderboardId: string }>(
      await world.call('GET', '/sdk/v1/leaderboards/hall'),
    );
    expect(done.boards).toEqual([
      { leaderboardId: attempt.leaderboardId, score: 2, rank: 1 },
      { leaderboardId: hall, score: 2, rank: 1 },
    ]);
    expect((await boardOf(attempt)).entries).toMatchObject([{ score: 2 }]);
    const again = await force(attempt, { overrideScore: 2, idempotencyKey: 'f-1' });
    expect([again.headers.get('idempotency-replayed'), dataOf(again)]).toEqual(['true', done]);
    const second = await force(attempt);
    expect(second.json.error).toMatchObject({
      code: 'conflict',
      details: { reason: 'attempt_not_open', status: 'force_completed' },
    });
    const late = await report(player, 'prized', attempt, { shells: 10 });
    expect(verdictOf(late)).toEqual([409, 'attempt_finished']);
    expect(dataOf<unknown[]>(await player.get('/pending-grants'))).toEqual([]);
    await eventually(async () => {
      const [row] = await operator.done<Record<string, unknown>[]>('GET', `/audit?targetId=${attempt.id}`);
      expect(row).toMatchObject({
        id: done.auditId,
        action: 'attempt.force_complete',
        reason,
        environment: 'live',
        metadata: { reason },
      });
      expect(row!['diff']).toContainEqual({ path: '/status', before: 'in_progress', after: 'force_completed' });
    });
  });

  it('repairs an expired attempt on a board that is frozen', async () => {
    const [mira, tomo] = [await world.player('frozen mira'), await world.player('frozen tomo')];
    const [first, second] = [await started(mira, 'trail'), await started(tomo, 'trail')];
    await report(mira, 'trail', first, { streak: 1 });
    await report(tomo, 'trail', second, { streak: 3 });
    clock.set(new Date('2026-06-03T00:00:00Z'));
    operator = await Operator.signIn(world);
    await eventually(async () => expect(await boardOf(first)).toMatchObject({ finalized: true }));
    const done = dataOf<ForceCompletedAttempt>(await force(first, { overrideScore: 5 }));
    expect(done.boards).toEqual([{ leaderboardId: first.leaderboardId, score: 5, rank: 1 }]);
    expect((await boardOf(first)).entries.map(({ score, rank }) => [rank, score])).toEqual([
      [1, 5],
      [2, 3],
    ]);
  });

  it('is refused to tokens, to roles without the permission, and for attempts of others', async () => {
    operator = await Operator.signIn(world);
    const player = await world.player('refused');
    const attempt = await started(player, 'prized');
    const token = await operator.withToken(['attempt.force_complete']);
    expect(verdictOf(await force(attempt, {}, token))).toEqual([403, 'session_required']);
    const designer = await force(attempt, {}, await Operator.signIn(world, 'GAME_DESIGNER'));
    expect(designer.json.error).toMatchObject({ code: 'forbidden', details: { required: 'attempt.force_complete' } });
    for (const id of [nowhere, 'x']) expect(verdictOf(await force({ id }))).toEqual([404, 'not_found']);
    const elsewhere = `/attempts/${attempt.id}/force-complete?environment=test`;
    expect(verdictOf(await operator.call('POST', elsewhere, { reason }))).toEqual([404, 'not_found']);
    expect(verdictOf(await force(attempt, { reason: 'no' }))).toEqual([400, 'validation_failed']);
    expect((await force(attempt, {}, await Operator.signIn(world, 'GAME_DEBUGGER'))).status).toBe(200);
  });
});

describe('anomalies', () => {
  it('are listed with what the validator saw, and judged by a moderator', async () => {
    operator = await Operator.signIn(world);
    const player = await world.player('jumper');
    const attempt = await started(player, 'prized');
    await report(player, 'prized', attempt, { shells: 400 });
    const find = (query: string, as = operator) => as.done<Anomaly[]>('GET', `/anomalies?${query}`);
    const [anomaly, ...others] = await find('externalPlayerId=jumper&reviewed=false');
    expect(others).toEqual([]);
    expect(anomaly).toMatchObject({
      externalPlayerId: 'jumper',
      attemptId: attempt.id,
      eventKey: 'prized',
      validatorKey: 'max_metric_jump',
      verdict: 'flag',
      metricSnapshot: { shells: 400 },
      review: { status: 'open', by: null, at: null, note: null },
    });
    const moderator = await Operator.signIn(world, 'GAME_MODERATOR');
    const path = `/anomalies/${anomaly!.id}/review`;
    const reviewed = await moderator.done<Anomaly>('POST', path, { status: 'confirmed', note: 'seen it' });
    expect(reviewed.review).toMatchObject({ status: 'confirmed', by: 'game_moderator@example.com', note: 'seen it' });
    expect(await find('externalPlayerId=jumper&reviewed=false')).toEqual([]);
    expect(await find('verdict=flag&validatorKey=max_metric_jump&eventKey=prized&reviewed=true')).toEqual([reviewed]);
    expect(await find('environment=test')).toEqual([]);
    expect(verdictOf(await operator.call('POST', `/anomalies/${nowhere}/review`, { status: 'confirmed' }))[0]).toBe(
      404,
    );
    expect(verdictOf(await operator.call('POST', path, { status: 'open' }))).toEqual([400, 'validation_failed']);
    const viewer = await Operator.signIn(world, 'GAME_VIEWER');
    expect(verdictOf(await viewer.call('POST', path, { status: 'confirmed' }))).toEqual([403, 'forbidden']);
    await eventually(async () => {
      const rows = await operator.done<{ action: string }[]>('GET', `/audit?targetId=${anomaly!.id}`);
      expect(rows.map(({ action }) => action)).toEqual(['anomaly.review']);
    });
  });
});

describe('the statistics of an event', () => {
  it('count players, attempts, grants, anomalies and how far attempts came', async () => {
    operator = await Operator.signIn(world);
    await operator.done('POST', '/events/prized/duplicate', { key: 'counted' });
    const { version } = await operator.done<EventView>('GET', '/events/counted');
    await operator.done('POST', '/events/counted/transition', { to: 'scheduled' }, { version });
    const [mira, tomo] = [await world.player('counted mira'), await world.player('counted tomo')];
    await report(mira, 'counted', await started(mira, 'counted'), { shells: 12 });
    await report(mira, 'counted', await started(mira, 'counted'), { shells: 3 });
    await report(tomo, 'counted', await started(tomo, 'counted'), { shells: 60 });
    await eventually(async () => {
      expect(await operator.done<EventStatistics>('GET', '/events/counted/stats')).toEqual({
        participants: 2,
        attempts: { in_progress: 1, completed: 2, expired: 0, force_completed: 0 },
        grants: 2,
        flagged: 1,
        rejected: 0,
        funnel: [{ metricKey: 'shells', threshold: 10, attempts: 2 }],
      });
    });
    const none = await operator.done<EventStatistics>('GET', '/events/counted/stats?environment=test');
    expect(none).toMatchObject({ participants: 0, grants: 0 });
    expect(verdictOf(await operator.call('GET', `/events/counted/stats?windowId=${nowhere}`))).toEqual([
      404,
      'not_found',
    ]);
  });
});

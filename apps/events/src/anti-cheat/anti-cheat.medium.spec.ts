import { attemptFlagged, attemptScored, type ValidatorRef } from '@kraty/contracts/events';
import { eventually } from '@kraty/testing/harness';
import { crabSprint, EventsWorld, refusal } from '../events-world.fixture.js';

let world: EventsWorld;

const validators: ValidatorRef[] = [
  { key: 'max_metric_rate', params: { metricKey: 'score', maxPerSecond: 1_000 } },
  { key: 'max_metric_jump', params: { metricKey: 'score', maxDelta: 5_000, verdict: 'reject' } },
  { key: 'min_attempt_duration', params: { metricKey: 'score', minSeconds: 10, target: 1_000 } },
];
const event = (overrides = {}) => crabSprint({ metrics: [{ key: 'score' }], antiCheat: { validators }, ...overrides });

beforeAll(async () => {
  world = await EventsWorld.start('2026-06-01T12:00:00Z');
  world.hear(attemptFlagged as never, attemptScored as never);
  await world.configure(event(), event({ key: 'open', antiCheat: { validators: [] } }));
});

afterAll(() => world.stop());
beforeEach(() => world.now('2026-06-01T12:00:00Z'));

const anomalies = (attempt: { id: string }) =>
  world.rows(
    `select external_player_id, event_key, validator_key, verdict, reason, metric_snapshot, review_status
       from anomaly where attempt_id = $1 order by id`,
    [attempt.id],
  );

describe('a flag', () => {
  it('is kept and told, and shows nothing to the caller', async () => {
    const player = world.player('ada');
    const attempt = await world.started(player, 'crab_sprint');
    world.now('2026-06-01T12:00:04Z');
    const { status, data } = await world.progress(player, attempt, { score: 1_200 });
    expect([status, data]).toEqual([
      200,
      {
        attempt: { ...attempt, metrics: { score: 1_200 }, metricsRaw: { score: 1_200 }, score: 1_200 },
        milestonesFired: [],
      },
    ]);
    const reason = 'score reached 1000 after 4 s, before minSeconds 10';
    expect(await anomalies(attempt)).toEqual([
      {
        external_player_id: 'ada',
        event_key: 'crab_sprint',
        validator_key: 'min_attempt_duration',
        verdict: 'flag',
        reason,
        metric_snapshot: { score: 1_200 },
        review_status: 'open',
      },
    ]);
    await eventually(() => expect(world.heard(attemptFlagged, attempt.id)).toHaveLength(1));
    const [{ id } = {}] = await world.rows('select id from anomaly where attempt_id = $1', [attempt.id]);
    expect(world.heard(attemptFlagged, attempt.id)[0]?.payload).toEqual({
      anomalyId: id,
      attemptId: attempt.id,
      eventId: attempt.eventId,
      eventKey: 'crab_sprint',
      eventWindowId: attempt.eventWindowId,
      playerId: player.playerId,
      externalPlayerId: 'ada',
      validatorKey: 'min_attempt_duration',
      reason,
      metricSnapshot: { score: 1_200 },
      flaggedAt: '2026-06-01T12:00:04.000Z',
    });
  });

  it('is told once for every validator that raised it', async () => {
    const player = world.player('bea');
    const attempt = await world.started(player, 'crab_sprint');
    world.now('2026-06-01T12:00:00.500Z');
    await world.progress(player, attempt, { score: 1_500 });
    expect(await anomalies(attempt)).toHaveLength(2);
    await eventually(() => expect(world.heard(attemptFlagged, attempt.id)).toHaveLength(2));
  });

  it('of a call that is replayed is not raised again', async () => {
    const player = world.player('cleo');
    const attempt = await world.started(player, 'crab_sprint');
    for (let time = 0; time < 3; time += 1) await world.progress(player, attempt, { score: 1_500 }, { key: 'once' });
    expect(await anomalies(attempt)).toHaveLength(2);
  });
});

describe('a reject', () => {
  it('leaves nothing but its anomaly and the flags before it, which are told', async () => {
    const player = world.player('dora');
    const attempt = await world.started(player, 'crab_sprint');
    world.now('2026-06-01T12:00:03Z');
    const reason = 'score +6000 exceeds maxDelta 5000';
    expect(await refusal(world.progress(player, attempt, { score: 6_000 }, { key: 'big' }))).toMatchObject({
      status: 422,
      code: 'anti_cheat_rejected',
      message: reason,
      details: { validatorKey: 'max_metric_jump', reason },
    });
    const kept = await anomalies(attempt);
    expect(kept.map(({ validator_key, verdict }) => [validator_key, verdict])).toEqual([
      ['max_metric_rate', 'flag'],
      ['max_metric_jump', 'reject'],
    ]);
    const [row] = await world.rows('select metrics_raw, progress_count, best_score from attempt where id = $1', [
      attempt.id,
    ]);
    expect(row).toEqual({ metrics_raw: { score: 0 }, progress_count: 0, best_score: null });
    await eventually(() => expect(world.heard(attemptFlagged, attempt.id)).toHaveLength(1));
    expect(world.heard(attemptScored, attempt.id)).toHaveLength(0);
  });

  it('is not recorded: the same key is judged anew', async () => {
    const player = world.player('elsa');
    const attempt = await world.started(player, 'crab_sprint');
    const send = () => world.progress(player, attempt, { score: 5_500 }, { key: 'again', mode: 'set' });
    expect(await refusal(send())).toMatchObject({ code: 'anti_cheat_rejected' });
    await world.progress(player, attempt, { score: 600 });
    const { replayed, data } = await send();
    expect([replayed, data.attempt.score]).toEqual([false, 5_500]);
  });

  it('takes no neighbour along, of another attempt or of its own', async () => {
    const players = Array.from({ length: 20 }, (_, at) => world.player(`crowd ${at}`));
    const attempts = await Promise.all(players.map((player) => world.started(player, 'crab_sprint')));
    const settled = await Promise.allSettled(
      players.flatMap((player, at) => [
        world.progress(player, attempts[at]!, { score: 100 }),
        world.progress(player, attempts[at]!, { score: at % 4 === 0 ? 9_000 : 50 }),
        world.progress(player, attempts[at]!, { score: 1 }),
      ]),
    );
    const failed = settled.flatMap(({ status }, at) => (status === 'rejected' ? [at] : []));
    expect(failed).toEqual([0, 4, 8, 12, 16].map((at) => at * 3 + 1));
    const rows = await world.rows('select score from attempt where id = any($1) order by id', [
      attempts.map(({ id }) => id),
    ]);
    expect(rows.map(({ score }) => score).toSorted()).toEqual([
      ...Array.from({ length: 5 }, () => 101),
      ...Array.from({ length: 15 }, () => 151),
    ]);
  });
});

describe('the newest revision', () => {
  it('decides validators and contributed boards also for attempts that run by an older one', async () => {
    const player = world.player('fay');
    const options = { eventKey: 'open' };
    const playerContext = { league: 'gold' };
    const { data } = await world.start(player, 'open', { playerContext });
    await world.progress(player, data.attempt, { score: 9_000 }, options);
    await eventually(() => expect(world.heard(attemptScored, data.attempt.id)).toHaveLength(1));
    expect(world.heard(attemptScored, data.attempt.id)[0]?.payload).not.toHaveProperty('contributesTo');

    await world.configure(event({ key: 'open', contributesTo: ['season', 'guilds', 'season'] }));
    expect(await refusal(world.progress(player, data.attempt, { score: 9_000 }, options))).toMatchObject({
      code: 'anti_cheat_rejected',
    });
    await world.progress(player, data.attempt, { score: 1 }, options);
    await eventually(() => expect(world.heard(attemptScored, data.attempt.id)).toHaveLength(2));
    const told = world.heard(attemptScored, data.attempt.id)[1]?.payload;
    expect(told).toMatchObject({ contributesTo: ['season', 'guilds'], playerContext });
  });
});

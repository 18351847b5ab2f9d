import { attemptCompleted, attemptScored } from '@kraty/contracts/events';
import { eventually } from '@kraty/testing/harness';
import { crabSprint, EventsWorld, refusal } from '../events-world.fixture.js';

let world: EventsWorld;

beforeAll(async () => {
  world = await EventsWorld.start('2026-06-01T12:00:00Z');
  world.hear(attemptScored as never, attemptCompleted as never);
  await world.configure(
    crabSprint({ metrics: [{ key: 'shells' }, { key: 'crabs', scorePerUnit: 10 }] }),
    crabSprint({
      key: 'streaks',
      metrics: [{ key: 'streak', target: 5, capAtTarget: true, resetOn: { metricKey: 'losses' } }, { key: 'losses' }],
      rewardPolicy: { type: 'fixed_bundle', parameters: { rewardBundleKey: 'prize' } },
    }),
    crabSprint({ key: 'hidden', leaderboard: { mode: 'none' } }),
  );
});

afterAll(() => world.stop());
beforeEach(() => world.now('2026-06-01T12:00:00Z'));

describe('progress', () => {
  it('adds, sets, scores and tells the state of the attempt', async () => {
    const player = world.player('mira');
    const attempt = await world.started(player, 'crab_sprint');
    await world.progress(player, attempt, { shells: 3, crabs: 2 });
    world.now('2026-06-01T12:00:05Z');
    const { status, data } = await world.progress(player, attempt, { shells: 1 }, { mode: 'set', metricValue: null });
    expect(status).toBe(200);
    expect(data).toEqual({
      attempt: { ...attempt, metrics: { shells: 1, crabs: 2 }, metricsRaw: { shells: 1, crabs: 2 }, score: 21 },
      milestonesFired: [],
    });
    await eventually(() => expect(world.heard(attemptScored, attempt.id)).toHaveLength(2));
    const last = world.heard(attemptScored, attempt.id)[1];
    expect(last).toMatchObject({
      revision: 2,
      payload: {
        score: 21,
        bestScore: 23,
        bestAtMs: Date.parse('2026-06-01T12:00:00Z'),
        writtenAtMs: Date.parse('2026-06-01T12:00:05Z'),
        leaderboardId: attempt.leaderboardId,
        playerId: player.playerId,
      },
    });
  });

  it('takes metricValue for the first metric', async () => {
    const player = world.player('noor');
    const attempt = await world.started(player, 'crab_sprint');
    const { data } = await world.progress(player, attempt, { crabs: 1 }, { metricValue: 4 });
    expect(data.attempt).toMatchObject({ metricsRaw: { shells: 4, crabs: 1 }, score: 14 });
  });

  it('completes on the write that reaches the target, with the policy of the window in the fact', async () => {
    const player = world.player('otto');
    const options = { eventKey: 'streaks' };
    const attempt = await world.started(player, 'streaks');
    await world.progress(player, attempt, { streak: 4 }, options);
    await world.progress(player, attempt, { losses: 1, streak: 1 }, options);
    const { data } = await world.progress(player, attempt, { streak: 7 }, { ...options, mode: 'set' });
    expect(data.attempt).toMatchObject({
      status: 'completed',
      completedAt: '2026-06-01T12:00:00.000Z',
      metrics: { streak: 5, losses: 1 },
      metricsRaw: { streak: 7, losses: 1 },
      score: 5,
    });
    expect(await refusal(world.progress(player, attempt, { streak: 1 }, options))).toMatchObject({
      code: 'attempt_finished',
      details: { attemptId: attempt.id, status: 'completed' },
    });
    await eventually(() => expect(world.heard(attemptCompleted, attempt.id)).toHaveLength(1));
    expect(world.heard(attemptCompleted, attempt.id)[0]?.payload).toMatchObject({
      externalPlayerId: 'otto',
      rewardPolicy: { type: 'fixed_bundle', parameters: { rewardBundleKey: 'prize' } },
    });
  });

  it('refuses what the event does not declare or cannot hold, and keeps nothing of it', async () => {
    const player = world.player('pia');
    const attempt = await world.started(player, 'crab_sprint');
    expect(await refusal(world.progress(player, attempt, { shells: 1, stars: 2 }))).toMatchObject({
      code: 'invalid_metric',
      status: 400,
      details: { metricKeys: ['stars'] },
    });
    await world.progress(player, attempt, { shells: 9e14 });
    expect(await refusal(world.progress(player, attempt, { shells: 9e14 }))).toMatchObject({
      code: 'validation_failed',
      details: { issues: [{ path: 'body.metrics.shells', code: 'range' }] },
    });
    const [row] = await world.rows('select metrics_raw, progress_count from attempt where id = $1', [attempt.id]);
    expect(row).toEqual({ metrics_raw: { shells: 9e14, crabs: 0 }, progress_count: 1 });
  });

  it('finds only attempts of this player and event', async () => {
    const player = world.player('quin');
    const attempt = await world.started(player, 'crab_sprint');
    const wrong = [
      () => world.progress(world.player('rosa'), attempt, { shells: 1 }),
      () => world.progress(player, attempt, { shells: 1 }, { eventKey: 'streaks' }),
      () => world.progress(player, { id: '0198f0c1-0000-7000-8000-000000000000' }, { shells: 1 }),
      () => world.progress(player, { id: 'what' }, { shells: 1 }),
    ];
    for (const call of wrong) expect(await refusal(call())).toMatchObject({ code: 'not_found', status: 404 });
  });

  it('stops at once when the event is paused', async () => {
    const player = world.player('sara');
    const attempt = await world.started(player, 'hidden');
    await world.rows(`update event set status = 'paused' where key = 'hidden'`);
    const paused = refusal(world.progress(player, attempt, { shells: 1 }, { eventKey: 'hidden' }));
    expect(await paused).toMatchObject({ code: 'event_disabled', details: { eventKey: 'hidden' } });
    await world.rows(`update event set status = 'live' where key = 'hidden'`);
    await world.progress(player, attempt, { shells: 1 }, { eventKey: 'hidden' });
    const told = 'select 1 from outbox where subject like $1 and payload like $2';
    expect(await world.rows(told, [`${attemptScored.subject}%`, `%${attempt.id}%`])).toEqual([]);
  });
});

describe('repeats', () => {
  it('of a key get the recorded reply and have no second effect', async () => {
    const player = world.player('tom');
    const attempt = await world.started(player, 'crab_sprint');
    const first = await world.progress(player, attempt, { shells: 2 }, { key: 'p-1' });
    await world.progress(player, attempt, { shells: 5 });
    expect(await world.progress(player, attempt, { shells: 2 }, { key: 'p-1' })).toEqual({ ...first, replayed: true });
    expect(await refusal(world.progress(player, attempt, { shells: 3 }, { key: 'p-1' }))).toMatchObject({
      code: 'idempotency_conflict',
      details: { idempotencyKey: 'p-1' },
    });
    const { data } = await world.progress(player, attempt, { shells: 0 });
    expect(data.attempt.score).toBe(7);
  });

  it('in parallel have one effect and one answer', async () => {
    const player = world.player('uli');
    const attempt = await world.started(player, 'crab_sprint');
    const twins = await Promise.all(
      Array.from({ length: 30 }, () => world.progress(player, attempt, { shells: 1 }, { key: 'twin' })),
    );
    expect(twins.every(({ data }) => data.attempt.score === 1)).toBe(true);
    expect(twins.filter(({ replayed }) => !replayed)).toHaveLength(1);
  });

  it('are free again after 24 hours', async () => {
    const player = world.player('vera');
    const attempt = await world.started(player, 'crab_sprint');
    await world.progress(player, attempt, { shells: 2 }, { key: 'daily' });
    world.now('2026-06-02T12:00:01Z');
    const { replayed, data } = await world.progress(player, attempt, { shells: 3 }, { key: 'daily' });
    expect([replayed, data.attempt.score]).toEqual([false, 5]);
    expect((await world.progress(player, attempt, { shells: 3 }, { key: 'daily' })).replayed).toBe(true);
  });

  it('of a refused call are judged anew', async () => {
    const player = world.player('wim');
    const attempt = await world.started(player, 'crab_sprint');
    await refusal(world.progress(player, attempt, { stars: 2 }, { key: 'again' }));
    expect((await world.progress(player, attempt, { shells: 2 }, { key: 'again' })).data.attempt.score).toBe(2);
  });
});

describe('many calls at once', () => {
  it('on one attempt are all applied', async () => {
    const player = world.player('xena');
    const attempt = await world.started(player, 'crab_sprint');
    await Promise.all(Array.from({ length: 300 }, () => world.progress(player, attempt, { shells: 1 })));
    const { data } = await world.progress(player, attempt, { shells: 0 });
    expect(data.attempt.score).toBe(300);
    const [row] = await world.rows('select progress_count from attempt where id = $1', [attempt.id]);
    expect(row).toEqual({ progress_count: 301 });
  });

  it('let exactly one write complete an attempt', async () => {
    const player = world.player('yara');
    const options = { eventKey: 'streaks' };
    const attempt = await world.started(player, 'streaks');
    const calls = Array.from({ length: 20 }, () => world.progress(player, attempt, { streak: 1 }, options));
    const settled = await Promise.allSettled(calls);
    expect(settled.filter(({ status }) => status === 'fulfilled')).toHaveLength(5);
    await eventually(() => expect(world.heard(attemptCompleted, attempt.id)).toHaveLength(1));
  });

  it('are not failed by a neighbour that the database refuses', async () => {
    const players = Array.from({ length: 20 }, (_, at) => world.player(`crowd ${at}`));
    const attempts = await Promise.all(players.map((player) => world.started(player, 'crab_sprint')));
    // The gateway lets no NUL through; whoever else calls gets an error for the one call that carries it.
    const calls = players.map((player, at) =>
      world.progress(
        player,
        attempts[at] as { id: string },
        { shells: 1 },
        { key: at === 7 ? 'nul \u0000' : `ok ${at}` },
      ),
    );
    const settled = await Promise.allSettled(calls);
    expect(settled.map(({ status }) => status)).toEqual(players.map((_, at) => (at === 7 ? 'rejected' : 'fulfilled')));
  });
});

import { attemptCompleted, attemptExpired, attemptScored, attemptStarted } from '@kraty/contracts/events';
import { eventually } from '@kraty/testing/harness';
import { crabSprint, EventsWorld, refusal } from '../events-world.fixture.js';

let world: EventsWorld;

beforeAll(async () => {
  world = await EventsWorld.start('2026-06-01T12:00:00Z');
  world.hear(attemptStarted as never, attemptScored as never, attemptCompleted as never, attemptExpired as never);
  await world.configure(
    crabSprint(),
    crabSprint({
      key: 'daily_catch',
      availability: {
        mode: 'recurring_windows',
        timezone: 'UTC',
        windows: [{ startTime: '10:00', durationSeconds: 14_400 }],
      },
      metrics: [{ key: 'fish', target: 10, capAtTarget: true }],
      attempt: { durationSeconds: 3_600, replayableDuringWindow: true, maxAttemptsPerWindow: 3, maxAttemptsPerDay: 2 },
      rewardPolicy: { type: 'fixed_bundle', parameters: { rewardBundleKey: 'prize' } },
    }),
    crabSprint({ key: 'once', attempt: {}, metrics: [{ key: 'shells', target: 5 }] }),
    crabSprint({ key: 'hidden', status: 'draft' }),
  );
});

afterAll(() => world.stop());
beforeEach(() => world.now('2026-06-01T12:00:00Z'));

describe('start', () => {
  it('makes an attempt on the board of the window and tells so', async () => {
    const player = world.player('mira');
    const { status, data } = await world.start(player, 'crab_sprint');
    expect(status).toBe(201);
    expect(data.attempt).toMatchObject({
      playerId: player.playerId,
      leaderboardId: data.leaderboardId,
      startedAt: '2026-06-01T12:00:00.000Z',
      endsAt: '9999-12-31T23:59:59.000Z',
      completedAt: null,
      metrics: { shells: 0 },
      metricsRaw: { shells: 0 },
      score: 0,
      status: 'in_progress',
    });
    const { attempt } = data;
    await eventually(() => expect(world.heard(attemptStarted, attempt.id)).toHaveLength(1));
    expect(world.heard(attemptStarted, attempt.id)[0]).toMatchObject({
      scope: world.scope,
      payload: { playerId: player.playerId },
    });
  });

  it('hands back the attempt in progress with 200', async () => {
    const player = world.player('noor');
    const first = await world.start(player, 'crab_sprint');
    const again = await world.start(player, 'crab_sprint', { key: 'another' });
    expect(again.status).toBe(200);
    expect(again.data).toEqual(first.data);
  });

  it('gives twenty parallel starts one attempt', async () => {
    const player = world.player('otto');
    const answers = await Promise.all(Array.from({ length: 20 }, () => world.start(player, 'once')));
    expect(new Set(answers.map(({ data }) => data.attempt.id)).size).toBe(1);
    expect(answers.map(({ status }) => status).sort()).toEqual([...Array.from({ length: 19 }, () => 200), 201]);
  });

  it('answers a repeated key with the recorded reply, also when the attempt has moved on', async () => {
    const player = world.player('pia');
    const first = await world.start(player, 'crab_sprint', { key: 's-1' });
    await world.progress(player, first.data.attempt, { shells: 3 });
    const again = await world.start(player, 'crab_sprint', { key: 's-1' });
    expect(again).toEqual({ status: 201, replayed: true, data: first.data });
    const other = refusal(world.start(player, 'crab_sprint', { key: 's-1', playerContext: { level: 2 } }));
    expect(await other).toMatchObject({
      code: 'idempotency_conflict',
      status: 409,
      details: { idempotencyKey: 's-1' },
    });
  });

  it('gives parallel twins one answer', async () => {
    const player = world.player('quin');
    const twins = await Promise.all(
      Array.from({ length: 10 }, () => world.start(player, 'crab_sprint', { key: 'twin' })),
    );
    expect(new Set(twins.map(({ data }) => data.attempt.id)).size).toBe(1);
    expect(twins.every(({ status }) => status === 201)).toBe(true);
    expect(twins.filter(({ replayed }) => !replayed)).toHaveLength(1);
  });

  it('refuses unknown events, drafts and closed ones, each in its own words', async () => {
    const player = world.player('rosa');
    expect(await refusal(world.start(player, 'nothing'))).toMatchObject({ code: 'not_found' });
    expect(await refusal(world.start(player, 'hidden'))).toMatchObject({
      code: 'event_disabled',
      details: { eventKey: 'hidden' },
    });
    world.now('2026-06-01T14:00:00Z');
    expect(await refusal(world.start(player, 'daily_catch'))).toMatchObject({
      code: 'no_active_window',
      details: { eventKey: 'daily_catch', nextStartsAt: '2026-06-02T10:00:00.000Z' },
    });
  });

  it('opens the window by the clock, before any worker has', async () => {
    world.now('2026-06-03T10:00:00.001Z');
    const { data } = await world.start(world.player('sara'), 'daily_catch');
    expect(data.windowEndsAt).toBe('2026-06-03T14:00:00.000Z');
    expect(data.attempt.endsAt).toBe('2026-06-03T11:00:00.001Z');
  });

  it('counts every attempt against the caps of window and day', async () => {
    world.now('2026-06-04T10:00:00Z');
    const [player, other] = [world.player('tom'), world.player('uli')];
    for (const expected of [1, 2]) {
      const attempt = await world.started(player, 'daily_catch');
      await world.finish(player, attempt, { eventKey: 'daily_catch' });
      expect(expected).toBeLessThanOrEqual(2);
    }
    expect(await refusal(world.start(player, 'daily_catch'))).toMatchObject({
      code: 'max_daily_attempts_reached',
      status: 429,
      details: { limit: 2, used: 2, resetsAt: '2026-06-05T00:00:00.000Z' },
      headers: { 'retry-after': '0' },
    });
    await world.progress(other, await world.started(other, 'once'), { shells: 5 }, { eventKey: 'once' });
    expect(await refusal(world.start(other, 'once'))).toMatchObject({
      code: 'max_attempts_reached',
      details: { limit: 1, used: 1 },
    });
  });

  it('keeps the last context of the player', async () => {
    const player = world.player('vera');
    await world.start(player, 'crab_sprint', { playerContext: { level: 7 } });
    await world.start(player, 'crab_sprint', { playerContext: {} });
    const rows = await world.rows('select context from player_context where player_id = $1', [player.playerId]);
    expect(rows).toEqual([{ context: { level: 7 } }]);
  });
});

describe('finish', () => {
  it('completes a score attack and tells so once', async () => {
    const player = world.player('wim');
    const attempt = await world.started(player, 'crab_sprint');
    const first = await world.finish(player, attempt, { key: 'f-1' });
    expect(first.data).toMatchObject({
      outcome: 'completed',
      attempt: { status: 'completed', completedAt: '2026-06-01T12:00:00.000Z' },
    });
    expect(await world.finish(player, attempt, { key: 'f-1' })).toEqual({ ...first, replayed: true });
    expect(await refusal(world.finish(player, attempt))).toMatchObject({
      code: 'attempt_finished',
      details: { attemptId: attempt.id, status: 'completed' },
    });
    await eventually(() => expect(world.heard(attemptCompleted, attempt.id)).toHaveLength(1));
  });

  it('expires an attempt short of its target', async () => {
    world.now('2026-06-05T10:00:00Z');
    const player = world.player('xena');
    const attempt = await world.started(player, 'daily_catch');
    await world.progress(player, attempt, { fish: 4 }, { eventKey: 'daily_catch' });
    const { data } = await world.finish(player, attempt, { eventKey: 'daily_catch' });
    expect(data).toMatchObject({ outcome: 'expired', attempt: { status: 'expired', completedAt: null, score: 4 } });
    await eventually(() => expect(world.heard(attemptExpired, attempt.id)).toHaveLength(1));
  });

  it('knows only the player whose attempt it is', async () => {
    const attempt = await world.started(world.player('yara'), 'crab_sprint');
    const stranger = world.player('zoe');
    expect(await refusal(world.finish(stranger, attempt))).toMatchObject({ code: 'not_found' });
    expect(await refusal(world.finish(stranger, { id: 'no-uuid' }))).toMatchObject({ code: 'not_found' });
  });
});

describe('an attempt whose time has passed', () => {
  it('is resolved as of its own end by whoever touches it, and stays resolved though the call fails', async () => {
    world.now('2026-06-06T10:00:00Z');
    const [player, finisher] = [world.player('adam'), world.player('bert')];
    const attempt = await world.started(player, 'daily_catch');
    const other = await world.started(finisher, 'daily_catch');
    world.now('2026-06-06T11:00:00Z');
    const late = refusal(world.progress(player, attempt, { fish: 1 }, { eventKey: 'daily_catch' }));
    expect(await late).toMatchObject({ code: 'attempt_finished', details: { status: 'expired' } });
    expect(await refusal(world.finish(finisher, other, { eventKey: 'daily_catch', key: 'late' }))).toMatchObject({
      code: 'attempt_finished',
    });
    const stored = await world.rows('select status from attempt where id = any($1)', [[attempt.id, other.id]]);
    expect(stored).toEqual([{ status: 'expired' }, { status: 'expired' }]);
    await eventually(() => expect(world.heard(attemptExpired, attempt.id)).toHaveLength(1));
    expect(world.heard(attemptExpired, attempt.id)[0]?.payload.expiredAt).toBe('2026-06-06T11:00:00.000Z');
  });

  it('gives way to a fresh one at the next start', async () => {
    world.now('2026-06-07T10:00:00Z');
    const player = world.player('cleo');
    const first = await world.started(player, 'daily_catch');
    world.now('2026-06-07T11:30:00Z');
    const { status, data } = await world.start(player, 'daily_catch');
    expect(status).toBe(201);
    expect(data.attempt.id).not.toBe(first.id);
  });

  it('is found by the sweeper when nobody touches it', async () => {
    world.now('2026-06-08T10:00:00Z');
    const player = world.player('dora');
    const attempt = await world.started(player, 'daily_catch');
    world.now('2026-06-08T12:00:00Z');
    await world.workersRun();
    expect(await world.rows('select status from attempt where id = $1', [attempt.id])).toEqual([{ status: 'expired' }]);
    const listed = (await world.list(player)).find(({ eventKey }) => eventKey === 'daily_catch');
    expect(listed?.currentAttemptId).toBeNull();
  });
});

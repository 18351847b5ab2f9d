import { MovableClock } from '@kraty/platform/clock';
import type { Answer, World } from '@kraty/testing/world';
import {
  atOnce,
  boardOf,
  data,
  expectError,
  finish,
  hourMs,
  minuteMs,
  progress,
  startWorld,
} from './client.fixture.js';
import { start, uuid, type Started } from './client.fixture.js';

/** The day before the clocks of New York go back. */
const clock = new MovableClock(new Date('2026-10-31T12:00:00.000Z'));
const always = { mode: 'always_on' };
const base = { status: 'scheduled', availability: always, metrics: [{ key: 'shells', target: 10 }, { key: 'crabs' }] };
const replayable = (more: object = {}) => ({ ...base, attempt: { replayableDuringWindow: true, ...more } });
const fixed = (startsAt: string, endsAt: string) => ({ mode: 'fixed_window', startsAt, endsAt });
const newYork = { mode: 'always_on', timezone: 'America/New_York' };
const game = {
  events: [
    { ...base, key: 'once' },
    { ...replayable(), key: 'open' },
    { ...replayable({ durationSeconds: 600 }), key: 'timed' },
    { ...replayable({ maxAttemptsPerWindow: 2 }), key: 'twice' },
    { ...replayable({ maxAttemptsPerDay: 1 }), key: 'daily', availability: newYork },
    { ...replayable({ maxAttemptsPerWindow: 2, maxAttemptsPerDay: 2 }), key: 'both' },
    { key: 'draft', status: 'draft' },
    { ...base, key: 'future', availability: fixed('2026-11-05T10:00:00Z', '2026-11-05T11:00:00Z') },
    {
      ...replayable({ durationSeconds: 600 }),
      key: 'closing',
      availability: fixed('2026-10-31T12:00:00Z', '2026-10-31T12:15:00Z'),
    },
  ],
};

let world: World;

beforeAll(async () => {
  world = await startWorld(game, { clock });
});

afterAll(async () => {
  await world.stop();
});

/** The four headers of a cap, which waiting cannot help. */
const expectCap = (answer: Answer, code: string, details: object): void => {
  expectError(answer, 429, code, details);
  const headers = ['ratelimit-limit', 'ratelimit-remaining', 'ratelimit-reset'].map((name) => answer.headers.get(name));
  for (const header of headers) expect(header).toMatch(/^\d+$/);
  expect(answer.headers.get('retry-after')).toBe('0');
};

describe('02 §3 the start of an attempt', () => {
  it('201 with attempt, leaderboardId and windowEndsAt, every field, every declared metric from 0', async () => {
    const mira = await world.player('mira');
    const { attempt, ...rest } = data<Started>(
      await mira.post('/events/once/start', { playerContext: { level: 7 } }),
      201,
    );
    expect(attempt).toEqual({
      id: uuid,
      eventId: uuid,
      eventWindowId: uuid,
      leaderboardId: uuid,
      playerId: uuid,
      startedAt: clock.now().toISOString(),
      endsAt: '9999-12-31T23:59:59.000Z',
      completedAt: null,
      metrics: { shells: 0, crabs: 0 },
      metricsRaw: { shells: 0, crabs: 0 },
      score: 0,
      status: 'in_progress',
    });
    expect(rest).toEqual({ leaderboardId: attempt.leaderboardId, windowEndsAt: '9999-12-31T23:59:59.000Z' });
  });

  it('200 with the same body shape for the attempt in progress, as it is now', async () => {
    const mira = await world.player('resumes');
    const attempt = await start(mira, 'once');
    const reported = await progress(mira, 'once', attempt, { mode: 'increment', metricValue: 4 });
    const again = data<Started>(await mira.post('/events/once/start'));
    const now = data<Started>(reported).attempt;
    expect(again).toEqual({ attempt: now, leaderboardId: now.leaderboardId, windowEndsAt: '9999-12-31T23:59:59.000Z' });
    expect(again.attempt).toMatchObject({ id: attempt.id, score: 4 });
  });

  it('parallel starts give one attempt: one answers 201, the others 200', async () => {
    const mira = await world.player('parallel');
    const answers = await atOnce(16, () => mira.post('/events/open/start'));
    expect(answers.map(({ status }) => status).toSorted()).toEqual([...Array<number>(15).fill(200), 201]);
    const ids = answers.map((answer) => data<Started>(answer, answer.status).attempt.id);
    expect(new Set(ids).size).toBe(1);
  });

  it('puts the player on the board at 0 before the answer (05 §6.3)', async () => {
    const mira = await world.player('placed');
    const { leaderboardId } = await start(mira, 'open');
    const { self } = await boardOf(world, leaderboardId, '?includeSelf=1&externalId=placed');
    expect(self).toEqual({ rank: expect.any(Number), score: 0 });
  });

  it('1 event unknown: 404; 2 a draft: 409 event_disabled; 3 no open window: 409 no_active_window', async () => {
    const mira = await world.player('refused');
    expectError(await mira.post('/events/unknown/start'), 404, 'not_found');
    expectError(await mira.post('/events/draft/start'), 409, 'event_disabled', { eventKey: 'draft' });
    expectError(await mira.post('/events/future/start'), 409, 'no_active_window', {
      eventKey: 'future',
      nextStartsAt: '2026-11-05T10:00:00.000Z',
    });
  });

  it('7 not replayable during the window = cap 1, whatever the status of the attempt', async () => {
    const mira = await world.player('single');
    const attempt = await start(mira, 'once');
    await finish(mira, 'once', attempt);
    expectCap(await mira.post('/events/once/start'), 'max_attempts_reached', { limit: 1, used: 1 });
  });

  it('7 attempts of the window: 429 max_attempts_reached, but a running attempt is handed back first', async () => {
    const mira = await world.player('capped');
    await finish(mira, 'twice', await start(mira, 'twice'));
    const second = await start(mira, 'twice');
    expect(data<Started>(await mira.post('/events/twice/start')).attempt.id).toBe(second.id);
    await finish(mira, 'twice', second);
    expectCap(await mira.post('/events/twice/start'), 'max_attempts_reached', { limit: 2, used: 2 });
    const tomo = await world.player('uncapped');
    expect((await tomo.post('/events/twice/start')).status).toBe(201);
  });

  it('7 the window is looked at before the day', async () => {
    const mira = await world.player('order');
    for (let round = 0; round < 2; round += 1) await finish(mira, 'both', await start(mira, 'both'));
    expectCap(await mira.post('/events/both/start'), 'max_attempts_reached', { limit: 2, used: 2 });
  });
});

describe('02 §3 ends of attempts', () => {
  it('endsAt = min(startedAt + duration, end of the window)', async () => {
    const mira = await world.player('ends');
    const full = await start(mira, 'closing');
    expect(full.endsAt).toBe('2026-10-31T12:10:00.000Z');
    await finish(mira, 'closing', full);
    clock.advance(8 * minuteMs);
    const { attempt, windowEndsAt } = data<Started>(await mira.post('/events/closing/start'), 201);
    expect([attempt.endsAt, windowEndsAt]).toEqual(['2026-10-31T12:15:00.000Z', '2026-10-31T12:15:00.000Z']);
  });

  it('4 an attempt past its endsAt is resolved and start goes on', async () => {
    const mira = await world.player('overdue');
    const first = await start(mira, 'timed');
    clock.advance(10 * minuteMs - 1);
    expect(data<Started>(await mira.post('/events/timed/start')).attempt.id).toBe(first.id);
    clock.advance(1);
    const second = await start(mira, 'timed');
    expect(second.id).not.toBe(first.id);
    const late = await progress(mira, 'timed', first, { mode: 'set', metricValue: 1 });
    expectError(late, 409, 'attempt_finished', { attemptId: first.id, status: 'expired' });
  });

  it('3 after its end a window is closed for good: nextStartsAt null', async () => {
    clock.set(new Date('2026-10-31T13:00:00.000Z'));
    const mira = await world.player('tardy');
    const details = { eventKey: 'closing', nextStartsAt: null };
    expectError(await mira.post('/events/closing/start'), 409, 'no_active_window', details);
  });
});

describe('02 §3 and 05 §7 the cap of a day, across the night the clocks go back', () => {
  it('429 max_daily_attempts_reached until midnight of the zone of the event, 25 hours later on 1 November', async () => {
    const mira = await world.player('days');
    await finish(mira, 'daily', await start(mira, 'daily'));
    const expectUntil = async (resetsAt: string): Promise<void> =>
      expectCap(await mira.post('/events/daily/start'), 'max_daily_attempts_reached', { limit: 1, used: 1, resetsAt });

    await expectUntil('2026-11-01T04:00:00.000Z');
    clock.set(new Date('2026-11-01T03:59:59.999Z'));
    await expectUntil('2026-11-01T04:00:00.000Z');
    clock.advance(1);
    await finish(mira, 'daily', await start(mira, 'daily'));
    await expectUntil('2026-11-02T05:00:00.000Z');
    clock.advance(24 * hourMs);
    expect(clock.now().toISOString()).toBe('2026-11-02T04:00:00.000Z');
    await expectUntil('2026-11-02T05:00:00.000Z');
    clock.advance(hourMs);
    expect((await mira.post('/events/daily/start')).status).toBe(201);
  });
});

import { MovableClock } from '@kraty/platform/clock';
import type { World } from '@kraty/testing/world';
import {
  boardOf,
  data,
  expectError,
  finish,
  minuteMs,
  progress,
  replayed,
  start,
  startWorld,
} from './client.fixture.js';
import type { Attempt, Grant } from './client.fixture.js';

const openedAt = Date.parse('2026-06-01T12:00:00.000Z');
const clock = new MovableClock(new Date(openedAt));
const prize = {
  type: 'fixed_bundle',
  parameters: { entries: [{ type: 'currency', currencyKey: 'pearls', amount: 7 }] },
};
const event = (key: string, metric: object, availability: object = { mode: 'always_on' }, durationSeconds = 600) => ({
  key,
  status: 'scheduled',
  availability,
  metrics: [{ key: 'shells', ...metric }],
  attempt: { replayableDuringWindow: true, durationSeconds },
  rewardPolicy: prize,
});
const hour = { mode: 'fixed_window', startsAt: '2026-06-01T12:00:00Z', endsAt: '2026-06-01T13:00:00Z' };

let world: World;

beforeAll(async () => {
  const currencies = [{ key: 'pearls', name: 'Pearls', kind: 'currency' }];
  const events = [event('target', { target: 10 }), event('attack', {}), event('hour', {}, hour, 7200)];
  world = await startWorld({ currencies, events }, { clock });
});

afterAll(async () => {
  await world.stop();
});

interface Finished {
  attempt: Attempt;
  outcome: string;
}

describe('02 §14 finish', () => {
  it('no completion target: completed, the score as it is, completion rewards rolled', async () => {
    const mira = await world.player('attack');
    const attempt = await start(mira, 'attack');
    await progress(mira, 'attack', attempt, { mode: 'set', metricValue: 27 });
    clock.advance(1_000);
    expect(data<Finished>(await finish(mira, 'attack', attempt))).toEqual({
      attempt: {
        ...attempt,
        metrics: { shells: 27 },
        metricsRaw: { shells: 27 },
        score: 27,
        status: 'completed',
        completedAt: clock.now().toISOString(),
      },
      outcome: 'completed',
    });
    const [grant, ...more] = data<Grant[]>(await mira.get('/pending-grants'));
    expect(grant).toMatchObject({ sourceKind: 'event_completion', sourceRefId: attempt.id });
    expect(more).toEqual([]);
  });

  it('05 §9.5: a score-attack without any accepted write is completed too', async () => {
    const mira = await world.player('idle');
    const attempt = await start(mira, 'attack');
    const ended = data<Finished>(await finish(mira, 'attack', attempt));
    expect(ended).toMatchObject({ outcome: 'completed', attempt: { status: 'completed', score: 0 } });
  });

  it('target not met: expired, completedAt null, no rewards, and the score stays on the board', async () => {
    const mira = await world.player('missed');
    const attempt = await start(mira, 'target');
    await progress(mira, 'target', attempt, { mode: 'set', metricValue: 9 });
    const ended = data<Finished>(await finish(mira, 'target', attempt));
    expect(ended).toMatchObject({ outcome: 'expired', attempt: { status: 'expired', completedAt: null, score: 9 } });
    expect(data(await mira.get('/pending-grants'))).toEqual([]);
    expect((await boardOf(world, attempt.leaderboardId, '?includeSelf=1&externalId=missed')).self!.score).toBe(9);
  });

  it('finished earlier under another key, or completed by progress: 409 attempt_finished; same key: the replay', async () => {
    const mira = await world.player('twice');
    const attempt = await start(mira, 'attack');
    const first = await finish(mira, 'attack', attempt, { idempotencyKey: 'f' });
    const again = await finish(mira, 'attack', attempt, { idempotencyKey: 'f' });
    expect([again.text, replayed(again)]).toEqual([first.text, true]);
    const details = { attemptId: attempt.id, status: 'completed' };
    expectError(await finish(mira, 'attack', attempt, { idempotencyKey: 'g' }), 409, 'attempt_finished', details);
    expectError(await finish(mira, 'attack', attempt), 409, 'attempt_finished', details);
    const done = await start(mira, 'target');
    await progress(mira, 'target', done, { mode: 'set', metricValue: 10 });
    expectError(await finish(mira, 'target', done), 409, 'attempt_finished', { ...details, attemptId: done.id });
  });

  it('404 for an unknown attempt, one of another player and one of another event', async () => {
    const [mira, tomo] = [await world.player('owner'), await world.player('thief')];
    const attempt = await start(mira, 'attack');
    const unknown = await finish(mira, 'attack', { id: '01890000-0000-7000-8000-000000000000' });
    expectError(unknown, 404, 'not_found');
    expect((await finish(tomo, 'attack', attempt)).text).toBe(unknown.text);
    expect((await finish(mira, 'target', attempt)).text).toBe(unknown.text);
    expectError(await finish(mira, 'unknown', attempt), 404, 'not_found');
    expect((await world.call('POST', path('owner', 'attack', attempt), { secret: mira.secret })).status).toBe(200);
  });
});

const path = (who: string, key: string, attempt: Attempt): string =>
  `/sdk/v1/players/${who}/events/${key}/attempts/${attempt.id}/finish`;

describe('05 §9.5 time ran out', () => {
  it.each([
    ['a target not met', 'target', 9, 'expired'],
    ['a score-attack with a write', 'attack', 9, 'completed'],
    ['a score-attack without any', 'attack', null, 'expired'],
  ])('%s: %s, %p gives %s; the resolution stays though the call fails', async (_, key, score, status) => {
    const who = `late-${key}-${score}`;
    const mira = await world.player(who);
    const attempt = await start(mira, key);
    if (score !== null) data(await progress(mira, key, attempt, { mode: 'set', metricValue: score }));
    clock.set(new Date(Date.parse(attempt.endsAt) - 1));
    if (score !== null) data(await progress(mira, key, attempt, { mode: 'set', metricValue: score }));
    clock.advance(1);
    const details = { attemptId: attempt.id, status };
    const late = { mode: 'set', metricValue: 99 };
    expectError(await progress(mira, key, attempt, late), 409, 'attempt_finished', details);
    expectError(await finish(mira, key, attempt), 409, 'attempt_finished', details);
    clock.advance(minuteMs);
    expectError(await progress(mira, key, attempt, late), 409, 'attempt_finished', details);
    const paid = data<(Grant & { sourceRefId: string })[]>(await mira.get('/pending-grants'));
    expect(paid.map(({ sourceRefId }) => sourceRefId)).toEqual(status === 'completed' ? [attempt.id] : []);
    const { self } = await boardOf(world, attempt.leaderboardId, `?includeSelf=1&externalId=${who}`);
    expect(self!.score).toBe(score ?? 0);
    expect((await start(mira, key)).id).not.toBe(attempt.id);
  });

  it('the listing resolves it too: currentAttemptId is null once its time has passed', async () => {
    const mira = await world.player('listing');
    const attempt = await start(mira, 'attack');
    await progress(mira, 'attack', attempt, { mode: 'set', metricValue: 3 });
    const current = async (): Promise<string | null> => {
      const listed = data<{ eventKey: string; currentAttemptId: string | null }[]>(await mira.get('/events'));
      return listed.find(({ eventKey }) => eventKey === 'attack')!.currentAttemptId;
    };
    expect(await current()).toBe(attempt.id);
    clock.set(new Date(attempt.endsAt));
    expect(await current()).toBeNull();
  });

  it('at the end of the window the attempt has ended, and start finds no window', async () => {
    const mira = await world.player('window');
    clock.set(new Date('2026-06-01T12:59:59.999Z'));
    const attempt = await start(mira, 'hour');
    expect(attempt.endsAt).toBe('2026-06-01T13:00:00.000Z');
    data(await progress(mira, 'hour', attempt, { mode: 'set', metricValue: 5 }));
    clock.advance(1);
    const late = await progress(mira, 'hour', attempt, { mode: 'set', metricValue: 6 });
    expectError(late, 409, 'attempt_finished', { attemptId: attempt.id, status: 'completed' });
    expectError(await mira.post('/events/hour/start'), 409, 'no_active_window', {
      eventKey: 'hour',
      nextStartsAt: null,
    });
  });
});

import { attemptCompleted, attemptExpired } from '@kraty/contracts/events';
import { Database } from '@kraty/platform/persistence';
import { eventually } from '@kraty/testing/harness';
import { crabSprint, EventsWorld, refusal } from '../events-world.fixture.js';
import { WindowsStore } from '../windows/windows.store.js';

const noon = '2026-06-01T12:00:00Z';
const ended = '2026-06-01T12:10:00.000Z';
const touched = '2026-06-01T12:20:00Z';

let world: EventsWorld;

beforeAll(async () => {
  world = await EventsWorld.start(noon);
  world.hear(attemptCompleted as never, attemptExpired as never);
});

afterAll(() => world.stop());
beforeEach(() => world.now(noon));

/** What an operator's write commits; the closing that follows it has not run. */
async function endWindow(key: string): Promise<void> {
  world.now(ended);
  const [event] = await world.rows('select id from event where key = $1', [key]);
  await world.service(WindowsStore).endOpen(world.service(Database), String(event?.['id']), null, world.clock.now());
  world.now(touched);
}

const stored = async ({ id }: { id: string }) =>
  (await world.rows('select status, ends_at, completed_at from attempt where id = $1', [id]))[0];
const withTarget = (key: string, overrides = {}) =>
  crabSprint({
    key,
    metrics: [{ key: 'shells', target: 3 }],
    rewardPolicy: { type: 'fixed_bundle', parameters: { rewardBundleKey: 'prize' } },
    ...overrides,
  });
const evening = { mode: 'fixed_window', startsAt: noon, endsAt: '2026-06-02T12:00:00Z' } as const;

describe.each([
  ['a fixed window', 'fixed', { availability: evening }],
  [
    'a window whose attempts have less time than it',
    'timed',
    { availability: evening, attempt: { durationSeconds: 7_200 } },
  ],
  ['an always-on event', 'always', {}],
])('%s that an operator has ended, before anything has closed it', (_name, key, overrides) => {
  it('takes no write, completes nothing and pays nothing', async () => {
    await world.configure(withTarget(key, overrides));
    const [player, finisher, starter] = ['mira', 'noor', 'otto'].map((one) => world.player(one));
    const attempts = await Promise.all([player!, finisher!, starter!].map((one) => world.started(one, key)));
    const [written, finished, resumed] = attempts;
    await endWindow(key);

    const write = world.progress(player!, written!, { shells: 3 }, { eventKey: key });
    const finish = world.finish(finisher!, finished!, { eventKey: key });
    for (const late of [refusal(write), refusal(finish)]) {
      expect(await late).toMatchObject({ code: 'attempt_finished', status: 409, details: { status: 'expired' } });
    }
    expect(await refusal(world.start(starter!, key))).toMatchObject({ code: 'no_active_window', status: 409 });
    for (const one of [written!, finished!]) {
      expect(await stored(one)).toEqual({ status: 'expired', ends_at: new Date(ended), completed_at: null });
    }

    await world.workersRun();
    expect(await stored(resumed!)).toEqual({ status: 'expired', ends_at: new Date(ended), completed_at: null });
    await eventually(() => {
      for (const { id } of attempts) {
        expect(world.heard(attemptExpired, id).map(({ payload }) => payload.expiredAt)).toEqual([ended]);
      }
    });
    for (const { id } of attempts) expect(world.heard(attemptCompleted, id)).toEqual([]);
  });
});

it('an attempt without a target that was played in an ended window is completed as of the end, once', async () => {
  await world.configure(crabSprint({ key: 'attack' }));
  const player = world.player('pia');
  const attempt = await world.started(player, 'attack');
  await world.progress(player, attempt, { shells: 2 }, { eventKey: 'attack' });
  await endWindow('attack');
  const late = refusal(world.progress(player, attempt, { shells: 9 }, { eventKey: 'attack' }));
  expect(await late).toMatchObject({ code: 'attempt_finished', details: { status: 'completed' } });
  await world.workersRun();
  const [row] = await world.rows('select status, score, ends_at, completed_at from attempt where id = $1', [
    attempt.id,
  ]);
  expect(row).toEqual({ status: 'completed', score: 2, ends_at: new Date(ended), completed_at: new Date(ended) });
  await eventually(() =>
    expect(world.heard(attemptCompleted, attempt.id).map(({ payload }) => payload.completedAt)).toEqual([ended]),
  );
});

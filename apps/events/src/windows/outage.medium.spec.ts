import { attemptCompleted, eventBoardClosed } from '@kraty/contracts/events';
import { eventually } from '@kraty/testing/harness';
import { crabSprint, EventsWorld } from '../events-world.fixture.js';

const noon = '2026-06-01T12:00:00.000Z';
const end = '2026-06-02T12:00:00.000Z';
let world: EventsWorld;

beforeAll(async () => {
  world = await EventsWorld.start(noon);
  world.hear(attemptCompleted as never, eventBoardClosed as never);
});

afterAll(() => world.stop());

it('a window that ended while all was down is closed at the next start, once, as of its own end', async () => {
  const availability = { mode: 'fixed_window', startsAt: noon, endsAt: end } as const;
  await world.configure(crabSprint({ key: 'outage', availability }));
  const player = world.player('noor');
  const attempt = await world.started(player, 'outage');
  await world.progress(player, attempt, { shells: 9 }, { eventKey: 'outage' });
  await world.downUntil('2026-06-20T00:00:00Z');
  await eventually(async () => {
    expect(await world.rows('select status from event')).toEqual([{ status: 'finalized' }]);
  });
  await world.workersRun();
  await eventually(() => {
    const completed = world.heard(attemptCompleted, attempt.id).map(({ payload }) => payload.completedAt);
    const closed = world.heard(eventBoardClosed, attempt.leaderboardId).map(({ payload }) => payload.closedAt);
    expect([completed, closed]).toEqual([[end], [end]]);
  });
});

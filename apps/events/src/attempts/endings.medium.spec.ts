import { attemptExpired } from '@kraty/contracts/events';
import { eventually } from '@kraty/testing/harness';
import { crabSprint, EventsWorld } from '../events-world.fixture.js';
import { AttemptsStore } from './attempts.store.js';

const noon = '2026-06-01T12:00:00Z';
const evening = { mode: 'fixed_window', startsAt: noon, endsAt: '2026-06-01T18:00:00Z' } as const;

let world: EventsWorld;

beforeAll(async () => {
  world = await EventsWorld.start(noon);
  world.hear(attemptExpired as never);
});

afterAll(() => world.stop());

/** Attempts that run like the given one, of other players. */
async function more(attemptId: string, count: number): Promise<void> {
  await world.rows(
    `insert into attempt
     select copy.* from attempt as row, generate_series(1, $2::int) as n,
            lateral jsonb_populate_record(row, jsonb_build_object(
              'id', gen_random_uuid(), 'player_id', gen_random_uuid(), 'external_player_id', 'crowd-' || n)) as copy
      where row.id = $1`,
    [attemptId, count],
  );
}

describe('a crowd whose attempts all run until the window ends', () => {
  it('is ended chunk by chunk, two at a time, each attempt once', async () => {
    await world.configure(
      crabSprint({ key: 'crowded', availability: evening, metrics: [{ key: 'shells', target: 9 }] }),
    );
    const first = await world.started(world.player('mira'), 'crowded');
    await more(first.id, 7_000);
    const store = world.service(AttemptsStore);
    const claims: number[] = [];
    let [running, most] = [0, 0];
    store.claimOfWindow = async (...call) => {
      most = Math.max(most, (running += 1));
      const claimed = await AttemptsStore.prototype.claimOfWindow.apply(store, call);
      running -= 1;
      claims.push(claimed.length);
      return claimed;
    };
    world.now('2026-06-01T18:00:01Z');
    const left = `select count(*)::int as count from attempt where event_window_id = $1 and status <> 'expired'`;
    const finalized = 'select state from event_window where id = $1';
    await world.workersRun();
    expect(await world.rows(finalized, [first.eventWindowId])).toEqual([{ state: 'finalized' }]);
    Reflect.deleteProperty(store, 'claimOfWindow');
    expect(most).toBe(2);
    expect(claims.reduce((sum, claimed) => sum + claimed, 0)).toBe(7_001);
    expect(await world.rows(left, [first.eventWindowId])).toEqual([{ count: 0 }]);
    await eventually(() => {
      const told = world.heard(attemptExpired).filter(({ payload }) => payload.eventWindowId === first.eventWindowId);
      expect([told.length, new Set(told.map(({ aggregateId }) => aggregateId)).size]).toEqual([7_001, 7_001]);
    });
  }, 60_000);
});

import {
  attemptExpired,
  describeEventBoard,
  eventBoardClosed,
  eventBoardOpened,
  eventWindowClosed,
  type Availability,
} from '@kraty/contracts/events';
import { eventually } from '@kraty/testing/harness';
import { crabSprint, EventsWorld, refusal } from '../events-world.fixture.js';
import { occurrencesAPlanMax } from './window-plan.js';
import { WindowsStore } from './windows.store.js';

let world: EventsWorld;

beforeAll(async () => {
  world = await EventsWorld.start('2026-06-01T12:00:00Z');
  world.hear(attemptExpired as never, eventBoardOpened as never, eventBoardClosed as never, eventWindowClosed as never);
});

afterAll(() => world.stop());
beforeEach(() => world.now('2026-06-01T12:00:00Z'));

const fixed = (startsAt: string, endsAt: string) => ({ mode: 'fixed_window', startsAt, endsAt }) as const;
const windowsOf = (key: string) =>
  world.rows(
    `select w.state, w.revision, to_char(w.starts_at at time zone 'UTC', 'MM-DD HH24:MI') as starts,
            to_char(w.ends_at at time zone 'UTC', 'MM-DD HH24:MI') as ends
       from event_window w join event e on e.id = w.event_id where e.key = $1 order by w.starts_at`,
    [key],
  );
const statusOf = async (key: string) =>
  (await world.rows('select status from event where key = $1', [key]))[0]?.['status'];

describe('opening', () => {
  it('makes one board an environment and tells of each', async () => {
    await world.configure(crabSprint({ key: 'opening' }));
    const boards = await eventually(() => {
      const opened = world.heard(eventBoardOpened).filter(({ payload }) => payload.eventKey === 'opening');
      expect(opened).toHaveLength(2);
      return opened;
    });
    expect(boards.map(({ payload }) => payload.scope.environment).sort()).toEqual(['live', 'test']);
    const [board] = boards;
    const described = await world.ask(describeEventBoard, { leaderboardId: board?.aggregateId ?? '' });
    expect(described.board).toEqual(board?.payload);
    expect(await statusOf('opening')).toBe('live');
    const unknown = { leaderboardId: '0198f0c1-0000-7000-8000-000000000000' };
    expect(await world.ask(describeEventBoard, unknown)).toEqual({ board: null });
  });

  it('happens once, however many requests and workers come first', async () => {
    await world.configure(
      crabSprint({ key: 'rush', availability: fixed('2026-06-01T13:00:00Z', '2026-06-01T14:00:00Z') }),
    );
    expect(await statusOf('rush')).toBe('scheduled');
    world.now('2026-06-01T13:00:00Z');
    const starts = Array.from({ length: 10 }, (_, at) => world.start(world.player(`rush ${at}`), 'rush'));
    const lists = [world.list(null), world.list(null)];
    const [answers] = await Promise.all([Promise.all(starts), Promise.all(lists), world.workersRun()]);
    expect(new Set(answers.map(({ data }) => data.leaderboardId)).size).toBe(1);
    expect(await world.rows(`select 1 from event_board where event_key = 'rush'`)).toHaveLength(2);
    expect(await statusOf('rush')).toBe('live');
  });
});

describe('closing', () => {
  it('resolves what runs, then closes the boards, then finalizes the event that is over', async () => {
    await world.configure(
      crabSprint({
        key: 'short',
        availability: fixed('2026-06-01T12:00:00Z', '2026-06-01T13:00:00Z'),
        metrics: [{ key: 'shells', target: 3 }],
      }),
    );
    const player = world.player('mira');
    const attempt = await world.started(player, 'short');
    await world.progress(player, attempt, { shells: 2 }, { eventKey: 'short' });
    world.now('2026-06-01T13:00:00Z');
    await world.workersRun();
    expect(await windowsOf('short')).toMatchObject([{ state: 'finalized' }]);
    expect(await statusOf('short')).toBe('finalized');
    await eventually(() => {
      expect(world.heard(attemptExpired, attempt.id)).toHaveLength(1);
      expect(world.heard(eventBoardClosed, attempt.leaderboardId)).toHaveLength(1);
      expect(world.heard(eventWindowClosed, attempt.eventWindowId)).toHaveLength(1);
    });
    expect(world.heard(eventBoardClosed, attempt.leaderboardId)[0]).toMatchObject({
      revision: 2,
      payload: { reason: 'window_closed', closedAt: '2026-06-01T13:00:00.000Z' },
    });
    const late = await refusal(world.start(player, 'short'));
    expect(late).toMatchObject({ code: 'no_active_window', details: { nextStartsAt: null } });
  });

  it('waits while the event is paused and happens on resume', async () => {
    await world.configure(
      crabSprint({ key: 'rest', availability: fixed('2026-06-01T12:00:00Z', '2026-06-01T13:00:00Z') }),
    );
    const attempt = await world.started(world.player('otto'), 'rest');
    await world.rows(`update event set status = 'paused' where key = 'rest'`);
    world.now('2026-06-01T14:00:00Z');
    await world.workersRun();
    expect(await windowsOf('rest')).toMatchObject([{ state: 'open' }]);
    expect(await world.rows('select status from attempt where id = $1', [attempt.id])).toEqual([
      { status: 'in_progress' },
    ]);
    await world.rows(`update event set status = 'live' where key = 'rest'`);
    await world.workersRun();
    expect(await windowsOf('rest')).toMatchObject([{ state: 'finalized' }]);
  });

  it('and starting at once leave no attempt behind', async () => {
    await world.configure(
      crabSprint({ key: 'edge', availability: fixed('2026-06-01T12:00:00Z', '2026-06-01T13:00:00Z') }),
    );
    await world.started(world.player('edge'), 'edge');
    world.now('2026-06-01T12:59:59.999Z');
    const starts = Array.from({ length: 20 }, (_, at) => world.start(world.player(`edge ${at}`), 'edge'));
    world.now('2026-06-01T13:00:00Z');
    await Promise.all([Promise.allSettled(starts), world.workersRun()]);
    await world.workersRun();
    const running = await world.rows(`select 1 from attempt where event_key = 'edge' and status = 'in_progress'`);
    expect(running).toEqual([]);
    expect(await windowsOf('edge')).toMatchObject([{ state: 'finalized' }]);
  });
});

describe('the horizon', () => {
  const evenings: Availability = {
    mode: 'recurring_windows',
    timezone: 'America/New_York',
    windows: [{ startTime: '20:00', durationSeconds: 3_600 }],
  };

  it('keeps rows seven days ahead, adds and removes with an edit, and moves on with time', async () => {
    await world.configure(crabSprint({ key: 'evening', availability: evenings, scheduleAheadDays: 2 }));
    const starts = async () => (await windowsOf('evening')).map((row) => row['starts']);
    expect(await starts()).toEqual(['06-02 00:00', '06-03 00:00']);
    await world.configure(crabSprint({ key: 'evening', availability: evenings, scheduleAheadDays: 4 }));
    expect(await starts()).toEqual(['06-02 00:00', '06-03 00:00', '06-04 00:00', '06-05 00:00']);
    await world.configure(crabSprint({ key: 'evening', availability: evenings, scheduleAheadDays: 1 }));
    expect(await starts()).toEqual(['06-02 00:00']);
    world.now('2026-06-01T23:00:00Z');
    await world.workersRun();
    expect(await starts()).toEqual(['06-02 00:00']);
    world.now('2026-06-02T12:00:00Z');
    await world.workersRun();
    expect(await windowsOf('evening')).toMatchObject([
      { state: 'finalized' },
      { state: 'upcoming', starts: '06-03 00:00' },
    ]);
  });

  it('leaves an open window alone when its rules change, and never overlaps it', async () => {
    const at = (startTime: string, durationSeconds: number) =>
      crabSprint({
        key: 'moved',
        scheduleAheadDays: 1,
        availability: { mode: 'recurring_windows', timezone: 'UTC', windows: [{ startTime, durationSeconds }] },
      });
    await world.configure(at('11:00', 7_200));
    await world.started(world.player('pia'), 'moved');
    await world.configure(at('12:30', 3_600));
    expect(await windowsOf('moved')).toEqual([
      { state: 'open', revision: 1, starts: '06-01 11:00', ends: '06-01 13:00' },
    ]);
    world.now('2026-06-01T13:00:00Z');
    await world.workersRun();
    expect(await windowsOf('moved')).toMatchObject([
      { state: 'finalized' },
      { state: 'upcoming', revision: null, starts: '06-02 12:30', ends: '06-02 13:30' },
    ]);
  });

  it('is reached plan after plan when it holds more windows than one plan makes; an opening plans nothing', async () => {
    const windows = Array.from({ length: 32 }, (_, at) => ({
      startTime: `${String(Math.floor(at / 2)).padStart(2, '0')}:${at % 2 === 0 ? '00' : '30'}`,
      durationSeconds: 600,
    }));
    const availability: Availability = { mode: 'recurring_windows', timezone: 'UTC', windows };
    await world.configure(crabSprint({ key: 'dense', availability, scheduleAheadDays: 40 }));
    const count = async () => (await windowsOf('dense')).length;
    // 32 a day for 15 days, from noon on.
    const first = await count();
    expect(first).toBeGreaterThan(400);
    expect(first).toBeLessThanOrEqual(occurrencesAPlanMax);

    const store = world.service(WindowsStore);
    const { planned } = WindowsStore.prototype;
    let plans = 0;
    store.planned = (...call) => {
      plans += 1;
      return planned.apply(store, call);
    };
    await world.rows(`update event set plan_due_at = '2026-06-01T12:00:01Z' where key = 'dense'`);
    expect((await world.start(world.player('dense'), 'dense')).status).toBe(201);
    expect(plans).toBe(0);
    store.planned = planned;

    await world.rows(`update event set plan_due_at = '2026-05-07T12:00:00Z' where key = 'dense'`);
    await world.workersRun();
    expect(await count()).toBe(40 * 32 + 1);
    const [{ gaps }] = (await world.rows(
      `select count(*)::int as gaps from (
         select w.starts_at - lag(w.starts_at) over (order by w.starts_at) as pause
           from event_window w join event e on e.id = w.event_id where e.key = 'dense') pauses
        where pause > interval '8 hours 30 minutes'`,
    )) as [{ gaps: number }];
    expect(gaps).toBe(0);
  });
});

import {
  eventBoardOpened,
  eventStatuses,
  eventWindowClosed,
  forceCloseWindow,
  listEventRevisions,
  listEventWindows,
  overrideWindow,
  readEventDefinition,
  transitionEventDefinition,
  updateEventDefinition,
  type EventDocumentEntry,
  type EventStatus,
  type EventView,
  type EventWindowView,
} from '@kraty/contracts/events';
import { operatorActed, type Operator } from '@kraty/contracts/identity';
import { uuidV7 } from '@kraty/platform/ids';
import { Database } from '@kraty/platform/persistence';
import { eventually, type Host } from '@kraty/testing/harness';
import { crabSprint, EventsWorld, refusal } from '../events-world.fixture.js';
import { WindowsWorker } from '../windows/windows.worker.js';
import { transitionOf } from './lifecycle.js';
import { doubledContexts, OwnerDoubles } from './owners-double.fixture.js';
import { WindowViewsStore } from './window-views.store.js';

const noon = '2026-06-01T12:00:00Z';
const operator: Operator = {
  memberId: uuidV7(),
  email: 'designer@example.com',
  name: 'Designer',
  sessionId: uuidV7(),
  tokenId: null,
  limitedTo: null,
  requestId: 'r-1',
  ip: null,
  userAgent: null,
};

let world: EventsWorld;
let owners: OwnerDoubles;

beforeAll(async () => {
  world = await EventsWorld.start(noon, doubledContexts);
  owners = await OwnerDoubles.start(world.ground);
  world.hear(eventBoardOpened as never, eventWindowClosed as never, operatorActed.events as never);
});

afterAll(async () => {
  await owners.stop();
  await world.stop();
});

beforeEach(() => world.now(noon));

const place = () => ({ game: world.game, operator, idempotency: null });
const fixed = (startsAt: string, endsAt: string) => ({ mode: 'fixed_window', startsAt, endsAt }) as const;
const evenings = (startTime = '18:00'): EventDocumentEntry['availability'] => ({
  mode: 'recurring_windows',
  timezone: 'UTC',
  windows: [{ startTime, durationSeconds: 3_600 }],
});
const read = (event: string): Promise<EventView> =>
  world.ask(readEventDefinition, { game: world.game, operator, environment: 'live', event });
const windowsOf = async (event: string): Promise<EventWindowView[]> =>
  (
    await world.ask(listEventWindows, {
      game: world.game,
      environment: 'live',
      event,
      states: ['upcoming', 'open', 'closing', 'finalized', 'cancelled'],
      from: null,
      to: null,
      limit: 200,
      cursor: null,
    })
  ).windows;
const edit = (event: string, version: number, body: object) =>
  world.ask(updateEventDefinition, { ...place(), event, version, mode: 'merge', body, dryRun: false });
const move = (event: string, version: number, to: EventStatus) =>
  world.ask(transitionEventDefinition, { ...place(), event, version, to, reason: 'because' });

describe('every pair of statuses (05 §15)', () => {
  const pairs = eventStatuses.flatMap((from) => eventStatuses.map((to): [EventStatus, EventStatus] => [from, to]));

  it.each(pairs)('%s to %s', async (from, to) => {
    const key = `pair_${from}_${to}`;
    const availability = fixed('2026-06-02T00:00:00Z', '2026-06-03T00:00:00Z');
    await world.configure(crabSprint({ key, availability, status: from === 'draft' ? 'draft' : 'scheduled' }));
    await world.rows('update event set status = $2 where key = $1', [key, from]);
    const { version } = await read(key);
    if (transitionOf({ status: from, hasOpened: false, archivedAt: null }, to) === null) {
      expect(await refusal(move(key, version, to))).toMatchObject({ code: 'conflict', details: { from, to } });
      expect(await read(key)).toMatchObject({ status: from, version });
    } else {
      expect(await move(key, version, to)).toMatchObject({ status: to });
      expect(await read(key)).toMatchObject({ status: to });
    }
  });
});

it('lists take no cursor that they have not given', async () => {
  await world.configure(crabSprint({ key: 'paged' }));
  const asked = { game: world.game, event: 'paged', limit: 1 };
  for (const cursor of ['x', '-1', '99999999999']) {
    const revisions = world.ask(listEventRevisions, { ...asked, cursor });
    expect(await refusal(revisions)).toMatchObject({ code: 'validation_failed', status: 400 });
  }
  expect(await world.ask(listEventRevisions, { ...asked, cursor: '999999999' })).toMatchObject({ nextCursor: null });
});

describe('an edit and the opening of a window', () => {
  it('at the very moment: the window keeps the statement of its opening, whoever comes first', async () => {
    for (let round = 0; round < 5; round += 1) {
      world.now(noon);
      const key = `race_${round}`;
      const availability = fixed('2026-06-01T13:00:00Z', '2026-06-01T14:00:00Z');
      await world.configure(crabSprint({ key, availability }));
      const { version } = await read(key);
      world.now('2026-06-01T13:00:00Z');
      const edits = edit(key, version, { metrics: [{ key: 'shells', cap: 5 }] });
      const starts = Array.from({ length: 5 }, (_, at) => world.start(world.player(`${key} ${at}`), key));
      const [edited, ...others] = await Promise.allSettled([edits, world.workersRun(), ...starts]);
      expect(others.map(({ status }) => status)).toEqual(others.map(() => 'fulfilled'));
      const [window] = await windowsOf(key);
      expect(window).toMatchObject({ state: 'open', revision: 1 });
      // The opening made the event live: that is a change the operator has not seen.
      if (edited.status === 'rejected') expect(edited.reason).toMatchObject({ code: 'version_conflict' });
      const [{ n }] = (await world.rows('select count(*)::int n from event_board where event_key = $1', [key])) as [
        { n: number },
      ];
      expect(n).toBe(2);
    }
  });

  it('a millisecond earlier: the edit reaches the window', async () => {
    await world.configure(
      crabSprint({ key: 'in_time', availability: fixed('2026-06-01T13:00:00Z', '2026-06-01T14:00:00Z') }),
    );
    world.now('2026-06-01T12:59:59.999Z');
    await edit('in_time', (await read('in_time')).version, { metrics: [{ key: 'shells', cap: 5 }] });
    world.now('2026-06-01T13:00:00Z');
    await world.started(world.player('in time'), 'in_time');
    expect((await windowsOf('in_time'))[0]).toMatchObject({ state: 'open', revision: 2 });
  });
});

describe('several instances', () => {
  let other: Host;

  beforeAll(async () => {
    other = await world.another();
  });

  afterAll(() => other.stop());

  it('open and close each window once', async () => {
    const keys = Array.from({ length: 6 }, (_, at) => `shared_${at}`);
    await world.configure(
      ...keys.map((key) => crabSprint({ key, availability: fixed('2026-06-01T13:00:00Z', '2026-06-01T14:00:00Z') })),
    );
    const worker = other.service('events').app.get(WindowsWorker);
    const rounds = () => Promise.all([world.workersRun(), worker.round(), world.workersRun(), worker.round()]);
    world.now('2026-06-01T13:00:00Z');
    await rounds();
    await world.started(world.player('shared'), 'shared_0');
    world.now('2026-06-05T00:00:00Z');
    await eventually(async () => {
      // Rounds at once pass over what the other one holds, and finish it later.
      await rounds();
      const closed = world.heard(eventWindowClosed).filter(({ payload }) => keys.includes(payload.eventKey));
      expect(closed.map(({ payload }) => payload.eventKey).sort()).toEqual(keys);
      for (const { payload } of closed) expect(payload.closedAt).toBe('2026-06-01T14:00:00.000Z');
      const played = closed.find(({ payload }) => payload.eventKey === 'shared_0');
      expect(played?.payload).toMatchObject({ environments: ['live'], rewardPolicy: { type: 'none' } });
      expect(closed.find(({ payload }) => payload.eventKey === 'shared_1')?.payload.environments).toEqual([]);
      for (const key of keys) expect((await read(key)).status).toBe('finalized');
    });
    const boards = () => world.heard(eventBoardOpened).filter(({ payload }) => keys.includes(payload.eventKey));
    await eventually(() => expect(boards()).toHaveLength(12));
  });
});

describe('the horizon worker', () => {
  it('looks at an event only when its rules ask for it', async () => {
    await world.configure(crabSprint({ key: 'evening', availability: evenings(), scheduleAheadDays: 2 }));
    const due = async () =>
      (await world.rows(`select plan_due_at from event where key = 'evening'`))[0]?.['plan_due_at'] as Date;
    const starts = async () => (await windowsOf('evening')).map(({ startsAt }) => startsAt.slice(5, 13));
    expect(await starts()).toEqual(['06-01T18', '06-02T18']);
    expect(await due()).toEqual(new Date('2026-06-01T18:00:00Z'));
    // What nobody looks at cannot be repaired: a row that is taken away stays away, and plans only go forward.
    await world.rows(`delete from event_window where starts_at = '2026-06-02T18:00:00Z' and state = 'upcoming'`);
    world.now('2026-06-01T17:59:59.999Z');
    await world.workersRun();
    expect(await starts()).toEqual(['06-01T18']);
    world.now('2026-06-01T18:00:00Z');
    await world.workersRun();
    expect(await starts()).toEqual(['06-01T18', '06-03T18']);
    expect(await due()).toEqual(new Date('2026-06-02T18:00:00Z'));
  });
});

describe('an override and an edit that takes its window away', () => {
  it('at the same time: nothing of what was accepted is lost', async () => {
    for (let round = 0; round < 5; round += 1) {
      const key = `orphaned_${round}`;
      await world.configure(crabSprint({ key, availability: evenings(), scheduleAheadDays: 1 }));
      const { version } = await read(key);
      const [window] = await windowsOf(key);
      const [override, edited] = await Promise.allSettled([
        world.ask(overrideWindow, { ...place(), event: key, windowId: window!.id, metadata: { round } }),
        edit(key, version, { availability: evenings('19:00') }),
      ]);
      expect(edited.status).toBe('fulfilled');
      const kept = (await read(key)).orphanedOverrides.map(({ metadata }) => metadata);
      expect(kept).toEqual(override.status === 'fulfilled' ? [{ round }] : []);
      if (override.status === 'rejected') expect(override.reason).toMatchObject({ code: 'not_found' });
    }
  });
});

describe('a window that has ended by the clock', () => {
  it('takes no override, though no worker has closed it', async () => {
    await world.configure(crabSprint({ key: 'ended', availability: fixed(noon, '2026-06-02T12:00:00Z') }));
    await world.workersRun();
    const [window] = await windowsOf('ended');
    world.now('2026-06-02T12:00:00Z');
    const call = world.ask(overrideWindow, { ...place(), event: 'ended', windowId: window!.id, metadata: { late: 1 } });
    expect(await refusal(call)).toMatchObject({ code: 'conflict', details: { reason: 'window_closed' } });
  });
});

describe('a forced close and starts', () => {
  it('at the same time leave no attempt behind', async () => {
    await world.configure(crabSprint({ key: 'slammed', availability: fixed(noon, '2026-06-02T12:00:00Z') }));
    await world.started(world.player('slammed'), 'slammed');
    const [window] = await windowsOf('slammed');
    const starts = Array.from({ length: 20 }, (_, at) => world.start(world.player(`slammed ${at}`), 'slammed'));
    const close = world.ask(forceCloseWindow, {
      ...place(),
      event: 'slammed',
      windowId: window!.id,
      reason: 'because',
    });
    const [closed] = await Promise.all([close, Promise.allSettled(starts)]);
    expect(closed).toMatchObject({ state: 'closing', endsAt: '2026-06-01T12:00:00.000Z' });
    await eventually(async () => {
      await world.workersRun();
      expect((await windowsOf('slammed'))[0]?.state).toBe('finalized');
    });
    const attempts = await world.rows(`select status, ends_at from attempt where event_key = 'slammed'`);
    expect(new Set(attempts.map(({ status }) => status))).toEqual(new Set(['expired']));
    expect(new Set(attempts.map(({ ends_at }) => (ends_at as Date).toISOString()))).toEqual(
      new Set(['2026-06-01T12:00:00.000Z']),
    );
  });
});

describe('what people did in a window', () => {
  it('is told by every write, and counted before its locks are taken', async () => {
    await world.configure(crabSprint({ key: 'counted', availability: fixed(noon, '2026-06-02T12:00:00Z') }));
    const [player, other] = [world.player('counted'), world.player('counted too')];
    await world.finish(player, await world.started(player, 'counted'), { eventKey: 'counted' });
    await Promise.all([world.started(player, 'counted'), world.started(other, 'counted')]);
    const done = { participants: 2, attempts: 3 };
    const { version, currentWindow } = await read('counted');
    expect(currentWindow).toMatchObject(done);
    const store = world.service(WindowViewsStore);
    const { counts } = WindowViewsStore.prototype;
    const countedIn: unknown[] = [];
    store.counts = (tx, ...of) => {
      countedIn.push(tx);
      return counts.apply(store, [tx, ...of]);
    };
    const windowId = currentWindow!.id;
    const edited = await edit('counted', version, { metadata: { a: 1 } });
    expect(edited).toMatchObject({ currentWindow: done });
    expect(
      await world.ask(overrideWindow, { ...place(), event: 'counted', windowId, metadata: { b: 1 } }),
    ).toMatchObject(done);
    expect(await move('counted', version + 1, 'paused')).toMatchObject({ currentWindow: done });
    expect(await move('counted', version + 2, 'live')).toMatchObject({ currentWindow: done });
    const close = { ...place(), event: 'counted', windowId, reason: 'because' };
    expect(await world.ask(forceCloseWindow, close)).toMatchObject({ ...done, state: 'closing' });
    store.counts = counts;
    expect(countedIn).toHaveLength(5);
    for (const tx of countedIn) expect(tx).toBeInstanceOf(Database);
  });
});

describe('a document that is being applied', () => {
  it('keeps operators from editing meanwhile', async () => {
    await world.configure(crabSprint({ key: 'applied' }));
    const { version } = await read('applied');
    const apply = await world.prepared(crabSprint({ key: 'applied', name: 'By document' }));
    const call = edit('applied', version, { name: 'By hand' });
    expect(await refusal(call)).toMatchObject({ code: 'conflict', details: { reason: 'apply_running' } });
    await apply.commit();
    expect(await read('applied')).toMatchObject({ name: 'By document', updatedBy: 'designer@example.com' });
  });

  it('puts on record what has become impossible before it was committed', async () => {
    const availability = fixed('2026-06-01T13:00:00Z', '2026-06-01T14:00:00Z');
    await world.configure(crabSprint({ key: 'too_late', availability }));
    const later = fixed('2026-06-01T13:30:00Z', '2026-06-01T14:00:00Z');
    const apply = await world.prepared(crabSprint({ key: 'too_late', availability: later }));
    world.now('2026-06-01T13:10:00Z');
    await apply.commit();
    const event = await read('too_late');
    expect(event).toMatchObject({ status: 'live', revision: 1 });
    await eventually(() => {
      const [act] = world.heard(operatorActed.events).filter(({ payload }) => payload.target.id === event.id);
      expect(act?.payload).toMatchObject({
        action: 'event.update_too_late',
        metadata: { applyId: apply.applyId, appliedBy: 'designer@example.com', issues: [{ code: 'conflict' }] },
      });
    });
  });
});

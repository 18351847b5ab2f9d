import type { EventView, EventWindowView } from '@kraty/contracts/events';
import { MovableClock } from '@kraty/platform/clock';
import { eventually } from '@kraty/testing/harness';
import { World, type Player } from '@kraty/testing/world';
import { dataOf, Operator, verdictOf } from './operator.fixture.js';

const opened = Date.parse('2026-06-02T12:00:00Z');
const hour = 3_600_000;
const clock = new MovableClock(new Date(opened));
const services = ['gateway', 'identity', 'events', 'leaderboards', 'grants', 'economy'];
const reason = 'a test of operators';

let world: World;
let operator: Operator;

beforeAll(async () => {
  world = await World.start(services, { clock });
  await world.configure({ currencies: [{ key: 'pearls', name: 'Pearls', kind: 'currency' }] });
});

afterAll(async () => {
  await world.stop();
});

beforeEach(async () => {
  clock.set(new Date(opened));
  operator = await Operator.signIn(world);
});

const daily = (key: string, startTime = '12:00', durationSeconds = 86_400) => ({
  key,
  scheduleAheadDays: 3,
  availability: { mode: 'recurring_windows', timezone: 'UTC', windows: [{ startTime, durationSeconds }] },
  metrics: [{ key: 'shells' }],
  metadata: { tier: 'standard', ui: { a: 1, b: 2 } },
});
const read = (event: string) => operator.done<EventView>('GET', `/events/${event}`);
const windowsOf = (event: string, state = 'upcoming,open,closing,finalized,cancelled') =>
  operator.done<EventWindowView[]>('GET', `/events/${event}/windows?state=${state}`);
const move = async (event: string, to: string) =>
  operator.call('POST', `/events/${event}/transition`, { to, reason }, { version: (await read(event)).version });
const edit = async (event: string, body: object) =>
  operator.done<EventView>('PATCH', `/events/${event}`, body, { version: (await read(event)).version });

async function published(body: { key: string }): Promise<void> {
  await operator.done('POST', '/events', body);
  expect((await move(body.key, 'scheduled')).status).toBe(200);
}

interface Attempt {
  id: string;
  leaderboardId: string;
  endsAt: string;
}

const started = async (player: Player, event: string): Promise<Attempt> =>
  dataOf<{ attempt: Attempt }>(await player.post(`/events/${event}/start`)).attempt;
const listed = async (player: Player, event: string) =>
  dataOf<{ eventKey: string; metadata: object }[]>(await player.get('/events?status=active')).find(
    ({ eventKey }) => eventKey === event,
  );
const boardOf = async ({ leaderboardId }: Attempt) =>
  dataOf<{ finalized: boolean; entries: { score: number }[] }>(
    await world.call('GET', `/sdk/v1/leaderboards/${leaderboardId}`),
  );

/** Closed by the operator's call, or by a worker that was at it already: then the call has not waited for it. */
const closed = (event: string, endsAt: string) =>
  eventually(async () => {
    const windows = await windowsOf(event);
    expect(windows[0]).toMatchObject({ state: 'finalized', endsAt });
    return windows;
  });

describe('metadata of single windows', () => {
  it('shows in the next listing, over the baseline and key by key', async () => {
    await published(daily('banner'));
    const player = await world.player('banner');
    const [window, next] = await windowsOf('banner');
    const path = `/events/banner/windows/${window!.id}/metadata`;
    expect((await listed(player, 'banner'))?.metadata).toEqual({ tier: 'standard', ui: { a: 1, b: 2 } });
    const view = await operator.done<EventWindowView>('PUT', path, {
      metadata: { tier: 'boss', ui: { a: 9 }, x: null },
    });
    expect(view).toMatchObject({
      metadataOverride: { tier: 'boss', ui: { a: 9 }, x: null },
      effectiveMetadata: { tier: 'boss', ui: { a: 9 }, x: null },
      overrideUpdatedBy: 'admin@example.com',
      overrideUpdatedAt: '2026-06-02T12:00:00.000Z',
    });
    expect((await listed(player, 'banner'))?.metadata).toEqual({ tier: 'boss', ui: { a: 9 }, x: null });
    expect((await windowsOf('banner')).find(({ id }) => id === next!.id)?.effectiveMetadata).toEqual({
      tier: 'standard',
      ui: { a: 1, b: 2 },
    });
    expect((await operator.call('DELETE', path)).status).toBe(204);
    expect((await listed(player, 'banner'))?.metadata).toEqual({ tier: 'standard', ui: { a: 1, b: 2 } });
    for (const metadata of [null, [], { big: 'x'.repeat(9_000) }]) {
      expect(verdictOf(await operator.call('PUT', path, { metadata }))).toEqual([400, 'validation_failed']);
    }
  });

  it('is copied from the window before, and the copy is its own', async () => {
    await published(daily('copied'));
    const [first, second] = await windowsOf('copied');
    const path = (window: EventWindowView) => `/events/copied/windows/${window.id}/metadata`;
    expect(verdictOf(await operator.call('POST', `${path(first!)}/copy-from-previous`, {}))).toEqual([
      404,
      'not_found',
    ]);
    await operator.done('PUT', path(first!), { metadata: { tier: 'boss' } });
    const copy = await operator.done<EventWindowView>('POST', `${path(second!)}/copy-from-previous`, {});
    expect(copy.metadataOverride).toEqual({ tier: 'boss' });
    await operator.done('PUT', path(first!), { metadata: { tier: 'none' } });
    expect((await windowsOf('copied'))[1]?.metadataOverride).toEqual({ tier: 'boss' });
  });

  it('cannot be written any more once the window is closed', async () => {
    await published(daily('late', '12:00', 3_600));
    const [window] = await windowsOf('late');
    clock.set(new Date(opened + hour));
    await eventually(async () => expect((await windowsOf('late'))[0]?.state).toBe('finalized'));
    const answer = await operator.call('PUT', `/events/late/windows/${window!.id}/metadata`, { metadata: {} });
    expect(answer.json.error).toMatchObject({ code: 'conflict', details: { reason: 'window_closed' } });
  });

  it('outlives its window for 30 days, and can be attached to another', async () => {
    await published(daily('orphan', '18:00', 3_600));
    const before = await windowsOf('orphan');
    const [keep, , lost] = before;
    await operator.done('PUT', `/events/orphan/windows/${keep!.id}/metadata`, { metadata: { n: 0 } });
    await operator.done('PUT', `/events/orphan/windows/${lost!.id}/metadata`, { metadata: { n: 2 } });

    const longer = await edit('orphan', { availability: daily('orphan', '18:00', 7_200).availability });
    expect(longer.orphanedOverrides).toEqual([]);
    expect((await windowsOf('orphan'))[0]).toMatchObject({
      id: keep!.id,
      endsAt: '2026-06-02T20:00:00.000Z',
      metadataOverride: { n: 0 },
    });

    const moved = await edit('orphan', { availability: daily('orphan', '19:00', 3_600).availability });
    expect(moved.orphanedOverrides.map(({ startsAt, metadata }) => [startsAt, metadata])).toEqual([
      [keep!.startsAt, { n: 0 }],
      [lost!.startsAt, { n: 2 }],
    ]);
    const [first, second] = moved.orphanedOverrides;
    const [target] = await windowsOf('orphan');
    const attach = `/events/orphan/orphaned-overrides/${first!.id}/attach`;
    const attached = await operator.done<EventWindowView>('POST', attach, { windowId: target!.id });
    expect(attached.metadataOverride).toEqual({ n: 0 });
    expect(verdictOf(await operator.call('POST', attach, { windowId: target!.id }))).toEqual([404, 'not_found']);
    const discard = `/events/orphan/orphaned-overrides/${second!.id}`;
    expect((await operator.call('DELETE', discard)).status).toBe(204);
    expect(verdictOf(await operator.call('DELETE', discard))).toEqual([404, 'not_found']);

    const back = await edit('orphan', { availability: daily('orphan', '18:00', 3_600).availability });
    expect(back.orphanedOverrides).toHaveLength(1);
    clock.set(new Date(opened + 31 * 24 * hour));
    operator = await Operator.signIn(world);
    expect((await read('orphan')).orphanedOverrides).toEqual([]);
  });

  it('keeps its window when the horizon is lowered, and when the event is unpublished', async () => {
    await published(daily('kept', '18:00', 3_600));
    const [, , third] = await windowsOf('kept');
    await operator.done('PUT', `/events/kept/windows/${third!.id}/metadata`, { metadata: { n: 3 } });
    await edit('kept', { scheduleAheadDays: 1 });
    expect((await windowsOf('kept')).map(({ startsAt }) => startsAt.slice(8, 10))).toEqual(['02', '04']);
    expect((await move('kept', 'draft')).json.data).toMatchObject({ status: 'draft', nextWindow: { id: third!.id } });
    expect((await windowsOf('kept')).map(({ id }) => id)).toEqual([third!.id]);
    await move('kept', 'scheduled');
    expect((await windowsOf('kept')).map(({ startsAt }) => startsAt.slice(8, 10))).toEqual(['02', '04']);
  });
});

describe('pause and resume', () => {
  it('hides the event and refuses play; what ended meanwhile closes at once on resume', async () => {
    await published(daily('rest', '12:00', 3_600));
    const player = await world.player('rest');
    const attempt = await started(player, 'rest');
    await player.post(`/events/rest/attempts/${attempt.id}/progress`, { mode: 'set', metricValue: 4 });
    expect((await move('rest', 'paused')).json.data).toMatchObject({ status: 'paused' });
    expect(await listed(player, 'rest')).toBeUndefined();
    for (const path of ['start', `attempts/${attempt.id}/finish`]) {
      expect(verdictOf(await player.post(`/events/rest/${path}`))).toEqual([409, 'event_disabled']);
    }
    const progress = await player.post(`/events/rest/attempts/${attempt.id}/progress`, { mode: 'set', metricValue: 5 });
    expect(verdictOf(progress)).toEqual([409, 'event_disabled']);
    expect((await boardOf(attempt)).entries).toMatchObject([{ score: 4 }]);
    clock.set(new Date(opened + 2 * hour));
    expect((await windowsOf('rest'))[0]?.state).toBe('open');
    expect((await move('rest', 'live')).status).toBe(200);
    await closed('rest', '2026-06-02T13:00:00.000Z');
    await eventually(async () => expect((await boardOf(attempt)).finalized).toBe(true));
  });
});

describe('the end by an operator', () => {
  it('closes the current window now, cancels those to come, and cannot be undone', async () => {
    await published(daily('over'));
    const player = await world.player('over');
    const attempt = await started(player, 'over');
    await player.post(`/events/over/attempts/${attempt.id}/progress`, { mode: 'set', metricValue: 7 });
    clock.set(new Date(opened + hour));
    const { version } = await read('over');
    const silent = await operator.call('POST', '/events/over/transition', { to: 'finalized' }, { version });
    expect(verdictOf(silent)).toEqual([400, 'validation_failed']);
    expect((await move('over', 'finalized')).json.data).toMatchObject({ status: 'finalized', nextWindow: null });
    const windows = await closed('over', '2026-06-02T13:00:00.000Z');
    expect(new Set(windows.slice(1).map(({ state }) => state))).toEqual(new Set(['cancelled']));
    const late = await player.post(`/events/over/attempts/${attempt.id}/progress`, { mode: 'set', metricValue: 9 });
    expect(late.json.error).toMatchObject({ code: 'attempt_finished', details: { status: 'completed' } });
    expect(verdictOf(await player.post('/events/over/start'))).toEqual([409, 'no_active_window']);
    await eventually(async () =>
      expect(await boardOf(attempt)).toMatchObject({ finalized: true, entries: [{ score: 7 }] }),
    );
    for (const to of ['live', 'draft', 'paused', 'scheduled', 'finalized']) {
      expect((await move('over', to)).json.error).toMatchObject({
        code: 'conflict',
        details: { from: 'finalized', to },
      });
    }
    const changed = await operator.call(
      'PATCH',
      '/events/over',
      { name: 'X' },
      { version: (await read('over')).version },
    );
    expect(changed.json.error).toMatchObject({ code: 'conflict', details: { reason: 'event_finalized' } });
    await operator.done('POST', '/events/over/archive', {}, { version: (await read('over')).version });
    expect((await boardOf(attempt)).entries).toHaveLength(1);
  });

  it('of one window leaves the event alone, and nobody enters that window again', async () => {
    await published(daily('cut_short'));
    const player = await world.player('cut_short');
    const attempt = await started(player, 'cut_short');
    const [window, next] = await windowsOf('cut_short');
    clock.set(new Date(opened + hour));
    const close = (id: string) => operator.call('POST', `/events/cut_short/windows/${id}/force-close`, { reason });
    expect((await close(next!.id)).json.error).toMatchObject({
      details: { reason: 'window_not_open', state: 'upcoming' },
    });
    const closes = await Promise.all([close(window!.id), close(window!.id), close(window!.id)]);
    expect(closes.map(({ status }) => status).sort()).toEqual([200, 409, 409]);
    expect(await read('cut_short')).toMatchObject({
      status: 'live',
      currentWindow: null,
      nextWindow: { id: next!.id },
    });
    expect(verdictOf(await player.post('/events/cut_short/start'))).toEqual([409, 'no_active_window']);
    await eventually(async () => expect((await boardOf(attempt)).finalized).toBe(true));
    clock.set(new Date(opened + 24 * hour));
    operator = await Operator.signIn(world);
    const again = await started(player, 'cut_short');
    expect(again.leaderboardId).not.toBe(attempt.leaderboardId);
    expect((await windowsOf('cut_short'))[0]?.endsAt).toBe('2026-06-02T13:00:00.000Z');
  });

  it('of what was never live cancels its windows, without a board', async () => {
    await published(daily('never', '18:00', 3_600));
    expect((await move('never', 'finalized')).json.data).toMatchObject({ status: 'finalized', nextWindow: null });
    expect(new Set((await windowsOf('never')).map(({ state }) => state))).toEqual(new Set(['cancelled']));
    const boards = await world.ground.sql('events', `select 1 from event_board where event_key = 'never'`);
    expect(boards).toEqual([]);
  });
});

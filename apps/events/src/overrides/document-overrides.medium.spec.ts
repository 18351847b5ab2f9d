import { configurationRoutes } from '@kraty/contracts/configuration';
import type { Availability, EventDocumentEntry, WindowOverride } from '@kraty/contracts/events';
import { operatorActed } from '@kraty/contracts/identity';
import { eventually } from '@kraty/testing/harness';
import { crabSprint, EventsWorld } from '../events-world.fixture.js';

const routes = configurationRoutes('events');
const daily: Availability = {
  mode: 'recurring_windows',
  timezone: 'UTC',
  windows: [{ startTime: '10:00', durationSeconds: 86_400 }],
};
const boss = (startsAt: string, metadata: object = { tier: 'boss', calm: null }): WindowOverride => ({
  startsAt,
  metadata: metadata as WindowOverride['metadata'],
});
const race = (windowOverrides?: WindowOverride[], more: Partial<EventDocumentEntry> = {}): EventDocumentEntry =>
  crabSprint({
    availability: daily,
    metadata: { tier: 'plain' },
    ...(windowOverrides === undefined ? {} : { windowOverrides }),
    ...more,
  });

const [running, tomorrow, farAhead] = [
  '2026-06-01T10:00:00.000Z',
  '2026-06-02T10:00:00.000Z',
  '2026-07-20T10:00:00.000Z',
];
let ground: EventsWorld;
let world: EventsWorld;

beforeAll(async () => {
  ground = await EventsWorld.start('2026-06-01T12:00:00Z');
});
afterAll(() => ground.stop());
beforeEach(() => {
  ground.now('2026-06-01T12:00:00Z');
  world = ground.anotherGame();
});

const windows = (of: EventsWorld = world) =>
  of.rows(
    `select starts_at as "startsAt", metadata_override as metadata, override_updated_by as by, override_updated_at as at
       from event_window where game_id = $1 and metadata_override <> '{}' order by starts_at`,
    [of.game.gameId],
  );
const starts = async () => (await windows()).map(({ startsAt }) => (startsAt as Date).toISOString());
const exported = async (of: EventsWorld = world) => (await of.export()).sections.events ?? [];
const issuesOf = async (entry: EventDocumentEntry) =>
  (await world.check([entry])).issues.map(({ path, code }) => `${path.replace('events[crab_sprint].', '')} ${code}`);

describe('window overrides of a document', () => {
  it('reach the running window, one to come and one beyond the horizon, and come back as they were stated', async () => {
    await world.configure(race([boss(farAhead), boss(running), boss('2026-06-02T12:00:00+02:00', { banner: 'lava' })]));
    expect((await world.list(null))[0]?.metadata).toEqual({ tier: 'boss', calm: null });
    expect(await windows()).toMatchObject([{ by: 'designer@example.com' }, {}, {}]);
    expect((await exported())[0]?.windowOverrides).toEqual([
      boss(running, { calm: null, tier: 'boss' }),
      boss(tomorrow, { banner: 'lava' }),
      boss(farAhead, { calm: null, tier: 'boss' }),
    ]);
    const count = await world.rows('select 1 from event_window where game_id = $1', [world.game.gameId]);
    await world.workersRun();
    expect(await world.rows('select 1 from event_window where game_id = $1', [world.game.gameId])).toEqual(count);
  });

  it('applied to an empty game and exported again are the same, byte for byte', async () => {
    await world.configure(
      race([boss(running), boss(farAhead)]),
      race([boss(tomorrow)], { key: 'draft', status: 'draft' }),
    );
    const document = await exported();
    expect(document.map(({ windowOverrides }) => windowOverrides?.length)).toEqual([2, 1]);
    const other = ground.anotherGame();
    await other.configure(...document);
    expect(JSON.stringify(await exported(other))).toBe(JSON.stringify(document));
    const before = await windows(other);
    ground.now('2026-06-01T13:00:00Z');
    await other.configure(...document);
    expect(await windows(other)).toEqual(before);
  });

  it('are all there are: a window they do not name falls back to the baseline', async () => {
    await world.configure(race([boss(running), boss(tomorrow), boss(farAhead)]));
    await world.configure(race([boss(tomorrow)]));
    expect(await starts()).toEqual([tomorrow]);
    await world.configure(race());
    expect((await world.list(null))[0]?.metadata).toEqual({ tier: 'plain' });
    const last = 'select max(starts_at) as last from event_window where game_id = $1';
    expect(await world.rows(last, [world.game.gameId])).toEqual([{ last: new Date('2026-06-08T10:00:00Z') }]);
  });

  it('make no revision, and of the same document nothing at all', async () => {
    await world.configure(race());
    await world.configure(race([boss(tomorrow)]));
    await world.configure(race([boss(tomorrow)]));
    const event = 'select revision, version from event where game_id = $1';
    expect(await world.rows(event, [world.game.gameId])).toEqual(
      await world.rows(event, [world.game.gameId]).then(([row]) => [{ ...row, revision: 1 }]),
    );
  });

  it('of a draft wait for its publication, and go when its rules do not produce their window any more', async () => {
    await world.configure(race([boss(tomorrow), boss(farAhead)], { status: 'draft' }));
    expect(await starts()).toEqual([tomorrow, farAhead]);
    await world.configure(race([boss(tomorrow), boss(farAhead)]));
    expect(await starts()).toEqual([tomorrow, farAhead]);
    world.now('2026-06-02T11:00:00Z');
    expect((await world.list(null))[0]?.metadata).toMatchObject({ tier: 'boss' });
  });

  it.each<[string, EventDocumentEntry]>([
    ['windowOverrides[2026-06-02T11:00:00.000Z] unknown_reference', race([boss('2026-06-02T11:00:00Z')])],
    ['windowOverrides[2027-06-30T10:00:00.000Z] range', race([boss('2027-06-30T10:00:00Z')])],
    ['windowOverrides[9999-06-30T10:00:00.000Z] range', race([boss('9999-06-30T10:00:00Z')])],
    [`windowOverrides[${tomorrow}] duplicate`, race([boss(tomorrow), boss('2026-06-02T10:00:00Z', { a: 1 })])],
    ['windowOverrides conflict', race([boss(tomorrow)], { availability: { mode: 'always_on' } })],
    ['windowOverrides[0].startsAt format', race([boss('tomorrow')])],
    ['windowOverrides[0].metadata format', race([boss(tomorrow, { a: 'x'.repeat(9_000) })])],
  ])('%s', async (issue, entry) => {
    expect(await issuesOf(entry)).toEqual([issue]);
  });

  it('need windows', async () => {
    const { availability: _none, ...draft } = race([boss(tomorrow)], { status: 'draft' });
    expect(await issuesOf(draft)).toEqual(['windowOverrides conflict']);
  });

  it('of windows that have ended have no effect, and the check says so', async () => {
    const { issues, warnings } = await world.check([race([boss('2026-05-30T10:00:00Z')])]);
    expect(issues).toEqual([]);
    expect(warnings).toMatchObject([{ code: 'window_override_past' }]);
    await world.configure(race([boss('2026-05-30T10:00:00Z'), boss(tomorrow)]));
    expect(await starts()).toEqual([tomorrow]);
  });

  it('that the clock overtakes before the commit are left out, and whoever applied hears of it', async () => {
    world.hear(operatorActed.events as never);
    const apply = await world.prepared(race([boss(running), boss(tomorrow)]));
    world.now('2026-06-02T11:00:00Z');
    const ref = { game: world.game, applyId: apply.applyId };
    const path = `events[crab_sprint].windowOverrides[${running}]`;
    expect(await world.ask(routes.commit, ref)).toMatchObject({ warnings: [{ code: 'update_too_late', path }] });
    expect(await world.ask(routes.commit, ref)).toEqual({ warnings: [] });
    expect(await starts()).toEqual([tomorrow]);
    await eventually(() => {
      const acts = world.heard(operatorActed.events).map(({ payload }) => payload);
      expect(acts).toMatchObject([{ action: 'event.update_too_late', metadata: { issues: [{ path }] } }]);
    });
  });

  it('survive an edit of the rules that keeps their window, and become orphans by one that does not', async () => {
    await world.configure(race([boss(tomorrow)]));
    const later: Availability = { ...daily, windows: [{ startTime: '11:00', durationSeconds: 3_600 }] };
    expect(await issuesOf(race([boss(tomorrow)], { availability: later }))).toEqual([
      `windowOverrides[${tomorrow}] unknown_reference`,
    ]);
    await world.configure(race([boss('2026-06-02T11:00:00Z')], { availability: later }));
    expect(await starts()).toEqual(['2026-06-02T11:00:00.000Z']);
    const orphans = 'select starts_at as "startsAt" from orphaned_override where game_id = $1';
    expect(await world.rows(orphans, [world.game.gameId])).toEqual([{ startsAt: new Date(tomorrow) }]);
  });
});

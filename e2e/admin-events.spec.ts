import type { EventDryRun, EventRevisionSummary, EventView, EventWindowView } from '@kraty/contracts/events';
import { gameRoles, roleHas, type GameRole, type Permission } from '@kraty/contracts/identity';
import { MovableClock } from '@kraty/platform/clock';
import { eventually } from '@kraty/testing/harness';
import { World } from '@kraty/testing/world';
import { Operator, verdictOf } from './operator.fixture.js';

const clock = new MovableClock(new Date('2026-06-02T12:00:00Z'));
const services = ['gateway', 'identity', 'events', 'leaderboards', 'grants', 'economy'];
const nowhere = '0198f0b2-0000-7000-8000-000000000000';

const mondays = (durationSeconds = 3_600) => ({
  mode: 'recurring_windows',
  timezone: 'America/New_York',
  windows: [{ startTime: '18:00', durationSeconds, daysOfWeek: [1] }],
});
const whole = (key: string) => ({
  key,
  availability: mondays(),
  metrics: [{ key: 'shells', target: 10 }],
  metadata: { tier: 'standard' },
});

let world: World;
let operator: Operator;

beforeAll(async () => {
  world = await World.start(services, { clock });
  await world.configure({ currencies: [{ key: 'pearls', name: 'Pearls', kind: 'currency' }] });
  operator = await Operator.signIn(world);
});

afterAll(async () => {
  await world.stop();
});

const read = (event: string) => operator.done<EventView>('GET', `/events/${event}`);
const published = async (key: string): Promise<EventView> => {
  const { version } = await operator.done<EventView>('POST', '/events', whole(key));
  return operator.done<EventView>('POST', `/events/${key}/transition`, { to: 'scheduled' }, { version });
};
const windowsOf = (event: string, query = '') =>
  operator.done<EventWindowView[]>('GET', `/events/${event}/windows${query}`);

describe('an event from its first key to the archive', () => {
  it('grows from a draft that says nothing to a published event', async () => {
    const draft = await operator.call('POST', '/events', { key: 'first' });
    expect(draft.status).toBe(201);
    expect(draft.headers.get('etag')).toBe('"1"');
    const { id } = draft.json.data as unknown as EventView;
    expect(await read('first')).toMatchObject({ id, key: 'first', status: 'draft', version: 1, revision: 1 });
    expect(await read(id.toUpperCase())).toMatchObject({ key: 'first', updatedBy: 'admin@example.com' });

    const refused = await operator.call('POST', '/events/first/transition', { to: 'scheduled' }, { version: 1 });
    expect(verdictOf(refused)).toEqual([422, 'config_invalid']);
    expect(refused.json.error!.details!['issues']).toMatchObject([
      { path: 'body.availability', code: 'required' },
      { path: 'body.metrics', code: 'required' },
    ]);

    const patched = await operator.done<EventView>(
      'PATCH',
      '/events/first',
      { availability: mondays(), scheduleAheadDays: 60 },
      { version: 1 },
    );
    expect(patched).toMatchObject({ version: 2, revision: 2, scheduleAheadDays: 60 });
    const metrics = [{ key: 'shells' }];
    await operator.done('PATCH', '/events/first', { metrics, name: 'First' }, { version: 2 });
    const live = await operator.done<EventView>(
      'POST',
      '/events/first/transition',
      { to: 'scheduled' },
      { version: 3 },
    );
    expect(live).toMatchObject({ status: 'scheduled', version: 4, revision: 3, currentWindow: null });
    expect(live.nextWindow).toMatchObject({ startsAt: '2026-06-08T22:00:00.000Z', state: 'upcoming', participants: 0 });
    expect((await windowsOf('first')).map(({ startsAt }) => startsAt.slice(5, 10))).toEqual([
      '06-08',
      '06-15',
      '06-22',
      '06-29',
      '07-06',
      '07-13',
      '07-20',
      '07-27',
    ]);

    const back = await operator.done<EventView>('PATCH', '/events/first', { scheduleAheadDays: null }, { version: 4 });
    expect(back.scheduleAheadDays).toBeUndefined();
    expect(await windowsOf('first')).toHaveLength(1);

    const revisions = await operator.done<EventRevisionSummary[]>('GET', '/events/first/revisions');
    expect(revisions.map(({ revision, authorEmail }) => [revision, authorEmail])).toEqual(
      [4, 3, 2, 1].map((revision) => [revision, 'admin@example.com']),
    );
    expect(revisions[0]!.diff).toEqual([{ path: '/scheduleAheadDays', before: 60, after: null }]);
    expect(await operator.done('GET', '/events/first/revisions/2')).toMatchObject({
      revision: 2,
      config: { key: 'first', scheduleAheadDays: 60 },
    });
    expect(verdictOf(await operator.call('GET', '/events/first/revisions/9'))).toEqual([404, 'not_found']);
  });

  it('is replaced whole by a PUT, keeps what a PATCH does not name, and says what is wrong with either', async () => {
    await operator.done('POST', '/events', whole('edited'));
    const merged = await operator.done<EventView>('PATCH', '/events/edited', { metadata: { a: 1 } }, { version: 1 });
    expect(merged).toMatchObject({ metadata: { a: 1 }, metrics: [{ key: 'shells', target: 10 }] });
    const replaced = await operator.done<EventView>('PUT', '/events/edited', { key: 'renamed' }, { version: 2 });
    expect([replaced.key, replaced.metrics, replaced.metadata]).toEqual(['renamed', undefined, undefined]);
    const misspelt = await operator.call(
      'PATCH',
      '/events/renamed',
      { metrics: [{ kye: 'x' }], nmae: 1 },
      { version: 3 },
    );
    expect(verdictOf(misspelt)).toEqual([400, 'validation_failed']);
    expect(misspelt.json.error!.details!['issues']).toMatchObject([
      { path: 'body.nmae', code: 'unknown_field' },
      { path: 'body.metrics[0].kye', code: 'unknown_field' },
      { path: 'body.metrics[0].key', code: 'required' },
    ]);
    const wrong = {
      availability: { mode: 'fixed_window', startsAt: '2026-06-02T00:00:00Z', endsAt: '2026-06-01T00:00:00Z' },
    };
    expect(verdictOf(await operator.call('PATCH', '/events/renamed', wrong, { version: 3 }))).toEqual([
      422,
      'config_invalid',
    ]);
    for (const body of [{ status: 'live' }, { id: nowhere }, { version: 9 }]) {
      expect(verdictOf(await operator.call('PATCH', '/events/renamed', body, { version: 3 }))[0]).toBe(400);
    }
    expect((await read('renamed')).version).toBe(3);
    expect(verdictOf(await operator.call('POST', '/events', { key: 'renamed' }))).toEqual([409, 'conflict']);
  });

  it('changes for who read it last: a stale version is refused, and of two at once one', async () => {
    await operator.done('POST', '/events', whole('shared'));
    expect(verdictOf(await operator.call('PATCH', '/events/shared', { name: 'X' }))).toEqual([
      400,
      'validation_failed',
    ]);
    const edits = ['A', 'B', 'C'].map((name) => operator.call('PATCH', '/events/shared', { name }, { version: 1 }));
    const verdicts = (await Promise.all(edits)).map((answer) => answer.status).sort();
    expect(verdicts).toEqual([200, 409, 409]);
    const stale = await operator.call('PUT', '/events/shared', whole('shared'), { version: 1 });
    expect(verdictOf(stale)).toEqual([409, 'version_conflict']);
    expect(stale.json.error!.details).toEqual({ currentVersion: 2 });
    const moves = [1, 2].map(() =>
      operator.call('POST', '/events/shared/transition', { to: 'scheduled' }, { version: 2 }),
    );
    expect((await Promise.all(moves)).map(verdictOf).sort()).toEqual([
      [200, undefined],
      [409, 'version_conflict'],
    ]);
  });

  it('keeps what is published: key, type and mode', async () => {
    await published('fixed_in_place');
    const edits: object[] = [
      { key: 'other' },
      { type: 'multi_metric', metrics: [{ key: 'a' }, { key: 'b' }] },
      { availability: { mode: 'always_on' } },
    ];
    for (const body of edits) {
      const answer = await operator.call('PATCH', '/events/fixed_in_place', body, { version: 2 });
      expect(answer.json.error).toMatchObject({ code: 'conflict', details: { reason: 'immutable_field' } });
    }
  });

  it('is duplicated as a draft, and archived when it is a draft or over', async () => {
    const source = await published('source');
    const archived = await operator.call('POST', '/events/source/archive', {}, { version: source.version });
    expect(archived.json.error).toMatchObject({ code: 'conflict', details: { from: 'scheduled', to: 'archived' } });
    const copy = await operator.call('POST', '/events/source/duplicate', { key: 'copy', name: 'Copy' });
    expect([copy.status, copy.json.data]).toMatchObject([
      201,
      { key: 'copy', name: 'Copy', status: 'draft', revision: 1 },
    ]);
    expect(await windowsOf('copy')).toEqual([]);
    await operator.done('POST', '/events/copy/archive', {}, { version: 1 });
    expect((await operator.done<EventView[]>('GET', '/events?q=cop')).map(({ key }) => key)).toEqual([]);
    expect((await operator.done<EventView[]>('GET', '/events?q=COP&archived=true')).map(({ key }) => key)).toEqual([
      'copy',
    ]);
    expect(verdictOf(await operator.call('POST', '/events', { key: 'copy' }))).toEqual([409, 'conflict']);
    const [summary] = await operator.done<EventView[]>('GET', '/events?status=scheduled&q=source&fields=summary');
    expect(summary).toMatchObject({ key: 'source', status: 'scheduled', nextWindow: { state: 'upcoming' } });
    expect(summary).not.toHaveProperty('metrics');
  });

  it('comes in pages, newest first', async () => {
    const seen: string[] = [];
    let cursor = '';
    for (let page = 0; page < 20; page += 1) {
      const answer = await operator.call('GET', `/events?limit=2${cursor && `&cursor=${cursor}`}`);
      const { data, page: next } = answer.json as unknown as { data: EventView[]; page: { nextCursor: string | null } };
      seen.push(...data.map(({ id }) => id));
      if (next.nextCursor === null) break;
      cursor = next.nextCursor;
    }
    expect(seen).toEqual([...new Set(seen)].sort().reverse());
    expect(verdictOf(await operator.call('GET', '/events?cursor=x'))).toEqual([400, 'validation_failed']);
  });

  it('answers a repeated call with the first answer, and has the effect once', async () => {
    const body = { ...whole('once'), idempotencyKey: 'k-1' };
    const [first, again] = [await operator.call('POST', '/events', body), await operator.call('POST', '/events', body)];
    expect(again.text).toBe(first.text);
    expect(again.headers.get('idempotency-replayed')).toBe('true');
    const other = await operator.call('POST', '/events', { key: 'twice', idempotencyKey: 'k-1' });
    expect(verdictOf(other)).toEqual([409, 'idempotency_conflict']);
  });

  it('is on record with who did what', async () => {
    const { id } = await published('recorded');
    await eventually(async () => {
      const rows = await operator.done<Record<string, unknown>[]>('GET', `/audit?targetId=${id}`);
      expect(rows.map(({ action }) => action)).toEqual(['event.transition', 'event.create']);
      expect(rows[0]).toMatchObject({
        actor: { type: 'member', label: 'admin@example.com' },
        target: { type: 'event', id, label: 'recorded' },
        diff: [{ path: '/status', before: 'draft', after: 'scheduled' }],
      });
    });
  });
});

describe('a dry run', () => {
  it('tells which windows would come, move and go, and changes nothing', async () => {
    const { version } = await published('planned');
    await operator.done('PATCH', '/events/planned', { scheduleAheadDays: 20 }, { version });
    const [first, second] = await windowsOf('planned');
    await operator.done('PUT', `/events/planned/windows/${second!.id}/metadata`, { metadata: { tier: 'boss' } });
    const ask = (body: object) =>
      operator.done<EventDryRun>('PATCH', '/events/planned?dryRun=true', body, { version: version + 1 });
    const longer = await ask({ availability: mondays(7_200), scheduleAheadDays: 30 });
    expect(longer.windows.added.map(({ startsAt }) => startsAt.slice(5, 10))).toEqual(['06-22', '06-29']);
    expect(longer.windows.moved).toHaveLength(2);
    expect(longer.windows.removed).toEqual([]);
    expect(longer.event).toMatchObject({ scheduleAheadDays: 30, revision: 3 });
    const moved = await ask({ availability: { ...mondays(), windows: [{ startTime: '19:00', durationSeconds: 60 }] } });
    expect(moved.windows.removed).toEqual([
      { startsAt: first!.startsAt, hasOverride: false },
      { startsAt: second!.startsAt, hasOverride: true },
    ]);
    const unbounded = await operator.call(
      'PATCH',
      '/events/planned?dryRun=true',
      { metrics: [] },
      { version: version + 1 },
    );
    expect(verdictOf(unbounded)).toEqual([422, 'config_invalid']);
    expect(await read('planned')).toMatchObject({ version: version + 1, revision: 2 });
    expect(await windowsOf('planned')).toEqual([first, expect.objectContaining({ id: second!.id })]);
  });
});

describe('who may', () => {
  const needs: [string, string, Permission, object?][] = [
    ['GET', '', 'event.read'],
    ['POST', '', 'event.create', { key: 'x' }],
    ['GET', `/${nowhere}`, 'event.read'],
    ['PUT', `/${nowhere}`, 'event.update', {}],
    ['PATCH', `/${nowhere}`, 'event.update', {}],
    ['GET', `/${nowhere}/revisions`, 'event.read'],
    ['GET', `/${nowhere}/revisions/1`, 'event.read'],
    ['POST', `/${nowhere}/duplicate`, 'event.create', { key: 'x' }],
    ['POST', `/${nowhere}/transition`, 'event.transition', { to: 'paused' }],
    ['POST', `/${nowhere}/transition`, 'event.finalize', { to: 'finalized', reason: 'because' }],
    ['POST', `/${nowhere}/archive`, 'event.archive', {}],
    ['GET', `/${nowhere}/stats`, 'stats.read'],
    ['POST', `/${nowhere}/preview`, 'event.preview', { metrics: {} }],
    ['GET', `/${nowhere}/windows`, 'event.read'],
    ['PUT', `/${nowhere}/windows/${nowhere}/metadata`, 'window.override', { metadata: {} }],
    ['DELETE', `/${nowhere}/windows/${nowhere}/metadata`, 'window.override'],
    ['POST', `/${nowhere}/windows/${nowhere}/metadata/copy-from-previous`, 'window.override', {}],
    ['POST', `/${nowhere}/windows/${nowhere}/force-close`, 'event.finalize', { reason: 'because' }],
    ['POST', `/${nowhere}/orphaned-overrides/${nowhere}/attach`, 'window.override', { windowId: nowhere }],
    ['DELETE', `/${nowhere}/orphaned-overrides/${nowhere}`, 'window.override'],
  ];

  it.each(gameRoles)(
    '%s is told which permission is missing, and else that there is no such event',
    async (role: GameRole) => {
      const member = await Operator.signIn(world, role);
      for (const [method, rest, permission, body] of needs) {
        const answer = await member.call(method, `/events${rest}`, body, { version: 1 });
        if (roleHas(role, permission)) {
          expect([method, rest, answer.status]).toEqual([method, rest, rest === '' ? expect.any(Number) : 404]);
          expect(answer.status).not.toBe(403);
        } else {
          expect([method, rest, ...verdictOf(answer)]).toEqual([method, rest, 403, 'forbidden']);
          expect(answer.json.error!.details).toEqual({ required: permission });
        }
      }
    },
  );

  it('sees nothing of another game', async () => {
    const studio = `/admin/v1/studios/${world.scope.studioId}`;
    const made = await operator.send('POST', `${studio}/games`, { displayName: 'Other', slug: 'other' });
    const { id } = await read('source');
    const other = operator.at(`${studio}/games/${(made.json.data as unknown as { id: string }).id}`);
    for (const event of [id, 'source']) {
      expect(verdictOf(await other.call('GET', `/events/${event}`))).toEqual([404, 'not_found']);
      const moved = await other.call('POST', `/events/${event}/transition`, { to: 'draft' }, { version: 2 });
      expect(verdictOf(moved)).toEqual([404, 'not_found']);
    }
    const designer = await operator.withToken(['event.read']);
    expect((await designer.call('GET', '/events/source')).status).toBe(200);
    expect(verdictOf(await designer.call('POST', '/events', { key: 'y' }))).toEqual([403, 'forbidden']);
    const pipeline = await operator.withToken(['event.create']);
    expect((await pipeline.call('POST', '/events', whole('by_token'))).status).toBe(201);
  });
});

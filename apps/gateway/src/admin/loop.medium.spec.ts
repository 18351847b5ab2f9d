import type { ApiKey, AuditRow, Game } from '@kraty/contracts/identity';
import { eventually, startHost, type Host } from '@kraty/testing/harness';
import { World } from '@kraty/testing/world';
import { Browser, dataOf, publicOrigin, sender, verdictOf } from './operators.fixture.js';

let sut: World;
let second: Host;
let browser: Browser;
let studio: string;
let game: string;

beforeAll(async () => {
  sut = await World.start(['gateway', 'identity']);
  second = await startHost(['gateway'], sut.ground);
  browser = await Browser.signIn(sut);
  studio = `/admin/v1/studios/${sut.scope.studioId}`;
  game = `${studio}/games/${sut.scope.gameId}`;
});

afterAll(async () => {
  await second.stop();
  await sut.stop();
});

const ping = async (key: string, url = sut.url): Promise<number> =>
  (await fetch(`${url}/sdk/v1/ping`, { headers: { authorization: `Bearer ${key}` } })).status;

describe('from login to a key', () => {
  it('makes a studio, a game and a key that works, and the audit log tells it', async () => {
    const made = await browser.call('POST', '/admin/v1/studios', { name: 'Second', slug: 'second' });
    expect(made.status).toBe(201);
    const { id: studioId } = dataOf<{ id: string }>(made);
    const games = `/admin/v1/studios/${studioId}/games`;
    const newGame = await browser.call('POST', games, { displayName: 'Trail', slug: 'trail', idempotencyKey: 'k1' });
    expect([newGame.status, newGame.headers.get('etag')]).toEqual([201, '"1"']);
    const keys = `${games}/${dataOf<Game>(newGame).id}/api-keys`;
    const wanted = {
      name: 'Game client',
      permissionSet: 'client_sdk',
      environment: 'live',
      rateLimits: { sdk_read: 5 },
    };
    const newKey = await browser.call('POST', keys, wanted);
    expect(newKey.status).toBe(201);
    const { key, plaintext } = dataOf<{ key: ApiKey; plaintext: string }>(newKey);
    expect(await ping(plaintext)).toBe(200);

    // That a key was used is told to identity beside the call, which does not wait for it.
    await eventually(async () => {
      const listed = await browser.call('GET', `${keys}?environment=live&status=active`);
      expect(listed.json).toEqual({ data: [{ ...key, lastUsedAt: expect.anything() }], page: { nextCursor: null } });
    });
    const log = await browser.call('GET', `/admin/v1/studios/${studioId}/audit`);
    const rows = dataOf<AuditRow[]>(log);
    expect(rows.map(({ action }) => action)).toEqual(['api_key.create', 'game.create', 'studio.create']);
    expect(rows[0]).toMatchObject({ ip: '127.0.0.1', userAgent: 'node', actor: { label: 'admin@example.com' } });
    expect(log.text).not.toContain(plaintext.slice(9));
  });

  it('ends a key on every gateway, long before what is kept of it runs out', async () => {
    const wanted = { name: 'Short', permissionSet: 'client_sdk', environment: 'live' };
    const made = dataOf<{ key: ApiKey; plaintext: string }>(await browser.call('POST', `${game}/api-keys`, wanted));
    const other = second.service('gateway').url!;
    expect([await ping(made.plaintext), await ping(made.plaintext, other)]).toEqual([200, 200]);
    const path = `${game}/api-keys/${made.key.id}`;
    const revoked = await browser.call('DELETE', path, { reason: 'leaked in a screenshot' });
    expect([revoked.status, revoked.text, revoked.headers.get('content-type')]).toEqual([204, '', null]);
    await eventually(async () =>
      expect([await ping(made.plaintext), await ping(made.plaintext, other)]).toEqual([401, 401]),
    );
    const [row] = dataOf<AuditRow[]>(await browser.call('GET', `${game}/audit?action=api_key.revoke`));
    expect(row).toMatchObject({ reason: 'leaked in a screenshot', target: { id: made.key.id } });
  });

  it('stops the keys of an archived game, and lets them work again', async () => {
    const { version } = dataOf<Game>(await browser.call('GET', game));
    const archived = await browser.call('POST', `${game}/archive`, undefined, { 'if-match': `"${version}"` });
    expect(archived.status).toBe(200);
    await eventually(async () => expect(await ping(sut.keys.clientLive)).toBe(401));
    const back = await browser.call('POST', `${game}/unarchive`, {}, { 'if-match': `"${version + 1}"` });
    expect(dataOf<Game>(back)).toMatchObject({ archivedAt: null, version: version + 2 });
    await eventually(async () => expect(await ping(sut.keys.clientLive)).toBe(200));
  });
});

describe('changes name the version they were made for', () => {
  const settings = () => `${game}/settings`;

  it('and win only while it is the present one', async () => {
    const read = await browser.call('GET', settings());
    const { version } = dataOf<{ version: number }>(read);
    expect(read.headers.get('etag')).toBe(`"${version}"`);
    const change = (body: object) => browser.call('PATCH', settings(), body, { 'if-match': `"${version}"` });
    const answers = await Promise.all([change({ grantDefaultTtlDays: 30 }), change({ grantDefaultTtlDays: 60 })]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
    const loser = answers.find(({ status }) => status === 409)!;
    expect(loser.json.error).toMatchObject({ code: 'version_conflict', details: { currentVersion: version + 1 } });
    const back = await browser.call(
      'PATCH',
      settings(),
      { grantDefaultTtlDays: null },
      { 'if-match': `"${version + 1}"` },
    );
    expect(dataOf<object>(back)).toMatchObject({ grantDefaultTtlDays: null, version: version + 2 });
  });

  it.each([
    ['no version', undefined],
    ['a bare number', '3'],
    ['a weak tag', 'W/"3"'],
    ['any version', '*'],
    ['a list', '"1", "2"'],
  ])('and are refused with %s', async (_name, header) => {
    const headers: Record<string, string> = header === undefined ? {} : { 'if-match': header };
    for (const [method, path] of [
      ['PATCH', settings()],
      ['PATCH', game],
      ['POST', `${game}/archive`],
    ] as const) {
      expect(verdictOf(await browser.call(method, path, {}, headers))).toEqual([400, 'validation_failed']);
    }
  });
});

describe('bodies', () => {
  it('are refused with everything that is wrong at once', async () => {
    const body = { name: ' ', permissionSet: 'admin', colour: 'red', rateLimits: { sdk_read: -1, sdk_reed: 5 } };
    const answer = await browser.call('POST', `${game}/api-keys`, body);
    expect(verdictOf(answer)).toEqual([400, 'validation_failed']);
    const issues = answer.json.error!.details!['issues'] as { path: string; code: string }[];
    expect(issues.map(({ path, code }) => `${path} ${code}`).sort()).toEqual([
      'body.colour unknown_field',
      'body.environment required',
      'body.name length',
      'body.permissionSet enum',
      'body.rateLimits.sdk_read range',
      'body.rateLimits.sdk_reed unknown_field',
    ]);
  });

  it.each<[string, string, string, unknown]>([
    ['an unknown setting', 'PATCH', 'settings', { graceDays: 1 }],
    ['a setting of another type', 'PATCH', 'settings', { acceptClientScores: 'yes' }],
    ['an unknown time zone', 'PATCH', 'settings', { displayTimezone: 'Mars/Olympus' }],
    ['an unknown field of a transition', 'POST', 'archive', { force: true }],
    ['a short reason', 'DELETE', 'api-keys/0198f0b2-0000-7000-8000-000000000000', { reason: ' ab ' }],
    ['no reason', 'DELETE', 'api-keys/0198f0b2-0000-7000-8000-000000000000', undefined],
    ['an expiry in the past', 'POST', 'api-keys', { ...client(), expiresAt: '2020-01-01T00:00:00Z' }],
    ['a name the database cannot keep', 'POST', 'api-keys', { ...client(), name: 'a\u0000b' }],
    ['an array', 'POST', 'api-keys', '[]'],
    ['a poisoned key', 'POST', 'api-keys', '{"__proto__":{}}'],
    ['a key of the language', 'POST', 'api-keys', { ...client(), constructor: 1, rateLimits: { constructor: 1 } }],
  ])('are refused with %s', async (_name, method, path, body) => {
    const answer = await browser.call(method, `${game}/${path}`, body, { 'if-match': '"1"' });
    expect(verdictOf(answer)).toEqual([400, 'validation_failed']);
  });

  it.each([
    ['a cursor of nowhere', 'api-keys?cursor=abc'],
    ['limit=0', 'api-keys?limit=0'],
    ['limit=201', 'audit?limit=201'],
    ['an unknown environment', 'api-keys?environment=prod'],
    ['a date without zone', 'audit?from=2026-01-01T00:00:00'],
    ['a text the database cannot search for', 'audit?q=%00'],
    ['an odd cursor', 'audit?cursor=@@@'],
  ])('lists refuse %s', async (_name, path) => {
    expect(verdictOf(await browser.call('GET', `${game}/${path}`))).toEqual([400, 'validation_failed']);
  });
});

describe('lists', () => {
  it('are read page by page', async () => {
    const names = async (query: string) => {
      const { json } = await browser.call('GET', `${game}/api-keys?${query}`);
      const { data, page } = json as unknown as { data: ApiKey[]; page: { nextCursor: string | null } };
      return { ids: data.map(({ id }) => id), cursor: page.nextCursor };
    };
    const all = await names('limit=200');
    const first = await names('limit=2');
    const rest = await names(`limit=200&cursor=${first.cursor}`);
    expect([...first.ids, ...rest.ids]).toEqual(all.ids);
    expect([first.ids.length, rest.cursor]).toEqual([2, null]);
  });

  it('of the audit log go on where they stopped', async () => {
    const page = async (cursor = '') => {
      const { json } = await browser.call('GET', `${studio}/audit?limit=2${cursor && `&cursor=${cursor}`}`);
      return json as unknown as { data: AuditRow[]; page: { nextCursor: string } };
    };
    const first = await page();
    const second = await page(first.page.nextCursor);
    const seqs = [...first.data, ...second.data].map(({ seq }) => seq);
    expect(seqs).toEqual([seqs[0], seqs[0]! - 1, seqs[0]! - 2, seqs[0]! - 3]);
    const one = await browser.call('GET', `${studio}/audit/${first.data[0]!.id.toUpperCase()}`);
    expect(dataOf<AuditRow>(one)).toEqual(first.data[0]);
    expect(dataOf<object>(await browser.call('GET', `${studio}/audit/verify?fromSeq=1`))).toEqual({
      ok: true,
      firstBadSeq: null,
    });
  });
});

describe('what is there for everyone', () => {
  it.each(['/admin/v1/health', '/healthz'])('%s says that the process serves', async (path) => {
    const answer = await sender(sut, {})('GET', path);
    expect(answer.status).toBe(200);
    expect(answer.json).toEqual({
      status: 'ok',
      version: expect.stringMatching(/^\d+\.\d+\.\d+/),
      time: expect.any(String),
    });
    expect(answer.headers.get('cache-control')).toBe('no-store');
  });

  it.each(['/admin/v1/ready', '/readyz'])('%s says that its parts answer', async (path) => {
    // A part that answers after more than a second counts as absent, which the next probe may find otherwise.
    await eventually(async () => {
      const answer = await sender(sut, {})('GET', path);
      expect([answer.status, answer.json]).toEqual([200, { status: 'ready', checks: { cache: 'ok', queue: 'ok' } }]);
    });
  });

  it('routes of later features are not found', async () => {
    for (const path of [`${studio}/members`, '/admin/v1/auth/totp', `${game}/stats`, `${game}/lobbies`]) {
      expect(verdictOf(await browser.call('GET', path))).toEqual([404, 'not_found']);
    }
  });

  it('no other page may read an answer', async () => {
    const preflight = await sender(sut, { origin: publicOrigin })('OPTIONS', '/admin/v1/studios');
    expect([preflight.status, preflight.headers.get('access-control-allow-origin')]).toEqual([404, null]);
  });
});

function client() {
  return { name: 'Key', permissionSet: 'client_sdk', environment: 'live' };
}

import { World, type CallOptions } from '@kraty/testing/world';

let sut: World;
let secret: string;

beforeAll(async () => {
  sut = await World.start(['gateway', 'identity']);
  secret = await sut.register('mira');
});

afterAll(async () => {
  await sut.stop();
});

const code = async (method: string, path: string, options: CallOptions = {}): Promise<[number, string | undefined]> => {
  const answer = await sut.call(method, path, options);
  return [answer.status, answer.json.error?.code];
};

describe('the order of checks (01 §4)', () => {
  it.each<[string, string, string, CallOptions, number, string | undefined]>([
    ['an unknown path', 'GET', '/sdk/v1/nothing', { key: null }, 404, 'not_found'],
    ['a known path with another method', 'DELETE', '/sdk/v1/ping', { key: null }, 404, 'not_found'],
    ['a trailing slash', 'GET', '/sdk/v1/ping/', {}, 404, 'not_found'],
    [
      'a route that belongs to the server surface',
      'POST',
      '/sdk/v1/players/mira/wallet/gold/credit',
      {},
      404,
      'not_found',
    ],
    ['no Authorization', 'GET', '/sdk/v1/ping', { key: null }, 401, 'unauthenticated'],
    [
      'a blank Authorization',
      'GET',
      '/sdk/v1/ping',
      { key: null, headers: { authorization: ' ' } },
      401,
      'unauthenticated',
    ],
    [
      'another scheme',
      'GET',
      '/sdk/v1/ping',
      { key: null, headers: { authorization: 'Basic abc' } },
      401,
      'session_invalid',
    ],
    ['a malformed key', 'GET', '/sdk/v1/ping', { key: 'abc' }, 401, 'session_invalid'],
    ['an unknown key', 'GET', '/sdk/v1/ping', { key: `pAAAAAAA.${'a'.repeat(43)}` }, 401, 'session_invalid'],
    [
      'a bad key before a bad body',
      'POST',
      '/sdk/v1/players/mira/register',
      { key: 'abc', body: '{' },
      401,
      'session_invalid',
    ],
    ['an empty external id', 'POST', '/sdk/v1/players/%20/register', { body: {} }, 201, undefined],
    ['a reserved external id', 'POST', '/sdk/v1/players/__deleted_x/register', { body: {} }, 400, 'validation_failed'],
    [
      'a long external id',
      'POST',
      `/sdk/v1/players/${'x'.repeat(129)}/register`,
      { body: {} },
      400,
      'validation_failed',
    ],
    [
      'control characters in an external id',
      'POST',
      '/sdk/v1/players/a%00b/register',
      { body: {} },
      400,
      'validation_failed',
    ],
    ['a path that does not decode', 'GET', '/sdk/v1/players/%zz/events', {}, 400, 'validation_failed'],
    [
      'a path that does not decode, without a key',
      'GET',
      '/sdk/v1/players/%zz/events',
      { key: null },
      401,
      'unauthenticated',
    ],
    [
      'a path that does not decode, with an unknown key',
      'POST',
      '/server/v1/%zz',
      { key: `sAAAAAAA.${'a'.repeat(43)}` },
      401,
      'session_invalid',
    ],
    ['a path that does not decode, with a key of another surface', 'GET', '/server/v1/%zz', {}, 403, 'forbidden'],
    ["a path of an operator's that does not decode", 'GET', '/admin/v1/%zz', { key: null }, 401, 'unauthenticated'],
    ['no player secret', 'GET', '/sdk/v1/players/mira/wallet', {}, 401, 'player_secret_invalid'],
    [
      'a wrong player secret',
      'GET',
      '/sdk/v1/players/mira/wallet',
      { secret: 'x'.repeat(43) },
      401,
      'player_secret_invalid',
    ],
    [
      'an unknown player',
      'GET',
      '/sdk/v1/players/nobody/wallet',
      { secret: 'x'.repeat(43) },
      401,
      'player_secret_invalid',
    ],
    [
      'a bad secret before a bad body',
      'POST',
      '/sdk/v1/players/mira/wallet/gold/debit',
      { body: '{' },
      401,
      'player_secret_invalid',
    ],
    [
      'a live secret under a test key',
      'GET',
      '/sdk/v1/players/mira/wallet',
      { secret: 'set below' },
      401,
      'player_secret_invalid',
    ],
  ])('%s', async (_name, method, path, options, status, expected) => {
    expect(await code(method, path, options)).toEqual([status, expected]);
  });

  it('answers alike for a wrong secret and an unknown player', async () => {
    const wrong = await sut.call('GET', '/sdk/v1/players/mira/wallet', { secret: 'x'.repeat(43) });
    const unknown = await sut.call('GET', '/sdk/v1/players/nobody/wallet', { secret: 'x'.repeat(43) });
    expect(unknown.text).toBe(wrong.text);
    expect(wrong.headers.get('www-authenticate')).toBe('Bearer');
  });

  it('counts a path that does not decode like any other call', async () => {
    const { headers } = await sut.call('GET', '/sdk/v1/players/%zz/events');
    expect(headers.get('ratelimit-limit')).toBe('600000');
    expect(headers.get('access-control-allow-origin')).toBe('*');
  });

  it('keeps keys of one surface out of the other', async () => {
    expect(await code('GET', '/sdk/v1/ping', { key: sut.keys.serverLive })).toEqual([403, 'forbidden']);
    expect(await code('GET', '/server/v1/ping', {})).toEqual([403, 'forbidden']);
    expect(await code('GET', '/server/v1/ping', { key: sut.keys.serverLive })).toEqual([200, undefined]);
  });

  it('keeps the environments apart', async () => {
    expect(await code('GET', '/sdk/v1/players/mira/wallet', { key: sut.keys.clientTest, secret })).toEqual([
      401,
      'player_secret_invalid',
    ]);
  });
});

describe('bodies and queries (01 §12)', () => {
  const debit = '/sdk/v1/players/mira/wallet/gold/debit';
  const start = '/sdk/v1/players/mira/events/daily/start';
  const progress = '/sdk/v1/players/mira/events/daily/attempts/0198f0b2-0000-7000-8000-000000000000/progress';

  it.each<[string, string, unknown, Record<string, string>, number]>([
    ['malformed JSON', debit, '{', {}, 400],
    ['an array at the top', debit, '[]', {}, 400],
    ['a number at the top', debit, '5', {}, 400],
    ['a poisoned key', debit, '{"amount":1,"a":{"__proto__":{}}}', {}, 400],
    ['an escaped poisoned key', debit, '{"amount":1,"\\u005f_proto__":1}', {}, 400],
    ['33 levels', debit, `{"amount":1,"a":${'['.repeat(32)}${']'.repeat(32)}}`, {}, 400],
    ['another content type', debit, 'amount=1', { 'content-type': 'application/x-www-form-urlencoded' }, 415],
    ['a body of more than 64 KiB', debit, JSON.stringify({ amount: 1, x: 'x'.repeat(65_536) }), {}, 413],
    ['no amount', debit, {}, {}, 400],
    ['a text for a number', debit, { amount: '5' }, {}, 400],
    ['a fraction', debit, { amount: 5.5 }, {}, 400],
    ['zero', debit, { amount: 0 }, {}, 400],
    ['more than 2^31-1', debit, { amount: 2_147_483_648 }, {}, 400],
    ['a long reason', debit, { amount: 1, reason: 'x'.repeat(201) }, {}, 400],
    ['a long idempotency key', debit, { amount: 1, idempotencyKey: 'x'.repeat(256) }, {}, 400],
    ['a context that is no object', start, { playerContext: [] }, {}, 400],
    [
      'a context of 65 keys',
      start,
      { playerContext: Object.fromEntries([...Array(65).keys()].map((k) => [k, 1])) },
      {},
      400,
    ],
    [
      'a context too deep',
      start,
      { playerContext: { a: { b: { c: { d: { e: { f: { g: { h: {} } } } } } } } } },
      {},
      400,
    ],
    ['no mode', progress, { metricValue: 1 }, {}, 400],
    ['an unknown mode', progress, { mode: 'add', metricValue: 1 }, {}, 400],
    ['no value', progress, { mode: 'set' }, {}, 400],
    ['no metric', progress, { mode: 'set', metrics: {} }, {}, 400],
    ['a metric that is no number', progress, { mode: 'set', metrics: { a: '1' } }, {}, 400],
    ['a value beyond 10^15', progress, { mode: 'set', metricValue: 1.1e15 }, {}, 400],
    ['both spellings', progress, { mode: 'set', metrics: { a: 1 }, metricValues: { a: 1 } }, {}, 400],
    ['a time without zone', progress, { mode: 'set', metricValue: 1, occurredAt: '2026-01-01T00:00:00' }, {}, 400],
    [
      'a date that does not exist',
      progress,
      { mode: 'set', metricValue: 1, occurredAt: '2026-02-30T00:00:00Z' },
      {},
      400,
    ],
    ['a time far ahead', progress, { mode: 'set', metricValue: 1, occurredAt: '2199-01-01T00:00:00Z' }, {}, 400],
  ])('refuses %s', async (_name, path, body, headers, status) => {
    const answer = await sut.call('POST', path, { secret, body, headers });
    expect([answer.status, answer.json.error?.code]).toEqual([status, 'validation_failed']);
    const [issue] = answer.json.error!.details!['issues'] as { path: string; code: string; message: string }[];
    expect(issue).toEqual({
      path: expect.stringMatching(/^(body|query|path)/),
      code: expect.stringMatching(/^[a-z_]+$/),
      message: expect.any(String),
    });
  });

  it.each<[string, string, number]>([
    ['the same parameter twice', '/sdk/v1/players/mira/pending-grants?limit=1&limit=2', 400],
    ['limit=0', '/sdk/v1/players/mira/pending-grants?limit=0', 400],
    ['limit=201', '/sdk/v1/players/mira/pending-grants?limit=201', 400],
    ['limit=1.5', '/sdk/v1/players/mira/pending-grants?limit=1.5', 400],
    ['an unknown status', '/sdk/v1/players/mira/events?status=all', 400],
    ['an unknown time zone', '/sdk/v1/time?timezone=Mars/Olympus', 400],
    ['an odd boolean', '/sdk/v1/leaderboards/0198f0b2-0000-7000-8000-000000000000?includeSelf=yes', 400],
    ['includeSelf without externalId', '/sdk/v1/leaderboards/0198f0b2-0000-7000-8000-000000000000?includeSelf=1', 400],
    [
      'nine progression keys',
      '/sdk/v1/leaderboards/0198f0b2-0000-7000-8000-000000000000?progression=a,b,c,d,e,f,g,h,i',
      400,
    ],
    ['an odd id of an event board', '/sdk/v1/event-leaderboards/weekly', 400],
  ])('refuses %s', async (_name, path, status) => {
    expect(await code('GET', path, { secret })).toEqual([status, 'validation_failed']);
  });

  it.each([
    ['HEAD of a stream', 'HEAD', '/sdk/v1/leaderboards/0198f0b2-0000-7000-8000-000000000000/stream'],
    ['an odd attempt id', 'POST', '/sdk/v1/players/mira/events/daily/attempts/x/finish'],
    ['an odd grant id', 'POST', '/sdk/v1/players/mira/grants/x/claim'],
  ])('does not find %s', async (_name, method, path) => {
    const answer = await sut.call(method, path, { secret, ...(method === 'POST' ? { body: {} } : {}) });
    expect(answer.status).toBe(404);
  });

  it('takes an absent body as an empty one, with any content type', async () => {
    const register = (id: string, headers: Record<string, string>) =>
      sut.call('POST', `/sdk/v1/players/${id}/register`, { headers, body: '' });
    expect((await register('empty-1', { 'content-type': 'text/plain' })).status).toBe(201);
    expect((await sut.call('POST', '/sdk/v1/players/empty-2/register')).status).toBe(201);
    expect((await register('empty-3', { 'content-type': 'application/json; charset=utf-8' })).status).toBe(201);
  });
});

describe('replies', () => {
  it('carry the headers of 01 §§5, 8 and 14', async () => {
    const { headers } = await sut.call('GET', '/sdk/v1/ping', { headers: { 'x-request-id': 'abc-1' } });
    expect(Object.fromEntries(headers)).toMatchObject({
      'content-type': 'application/json; charset=utf-8',
      'cache-control': 'no-store',
      'x-request-id': 'abc-1',
      'access-control-allow-origin': '*',
      'ratelimit-limit': '600000',
    });
    expect(Number(headers.get('ratelimit-reset'))).toBeGreaterThan(0);
  });

  it('answer a preflight without credentials', async () => {
    const { status, headers } = await sut.call('OPTIONS', '/sdk/v1/players/mira/events/daily/start', { key: null });
    expect([status, headers.get('access-control-max-age')]).toEqual([204, '86400']);
  });

  it('make a request id when the caller sends none that fits', async () => {
    const { headers } = await sut.call('GET', '/sdk/v1/ping', { headers: { 'x-request-id': 'not ok' } });
    expect(headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('answer the ping bare and in an envelope', async () => {
    const { json } = await sut.call('GET', '/sdk/v1/ping');
    const info = json as unknown as { ok: boolean; apiKey: Record<string, unknown>; data: unknown };
    expect(info).toMatchObject({
      ok: true,
      apiKey: { permissionSet: 'client_sdk', environment: 'live', gameId: sut.scope.gameId },
    });
    expect(info.data).toEqual({ ok: true, apiKey: info.apiKey });
  });

  it('tell the time of a zone', async () => {
    const { json } = await sut.call('GET', '/sdk/v1/time?timezone=Asia/Kathmandu');
    expect(json.data).toMatchObject({ timezone: 'Asia/Kathmandu', offsetMinutes: 345 });
  });
});

import type { Answer, Player, World } from '@kraty/testing/world';
import { data, expectError, expectInvalid, finish, progress, raw, start, startWorld } from './client.fixture.js';
import type { Attempt } from './client.fixture.js';

/** 01 §12 line by line. */
const event = {
  key: 'sprint',
  status: 'scheduled',
  availability: { mode: 'always_on' },
  metrics: [{ key: 'shells' }],
  attempt: { replayableDuringWindow: true },
};

let world: World;
let mira: Player;
let attempt: Attempt;

beforeAll(async () => {
  world = await startWorld({
    events: [event],
    currencies: [{ key: 'pearls', name: 'Pearls', kind: 'currency', initialBalance: 100 }],
  });
  mira = await world.player('mira');
  attempt = await start(mira, 'sprint');
});

afterAll(async () => {
  await world.stop();
});

const debit = (body: unknown, headers: Record<string, string> = {}): Promise<Answer> =>
  world.call('POST', '/sdk/v1/players/mira/wallet/pearls/debit', { secret: mira.secret, body, headers });
const report = (body: unknown): Promise<Answer> => progress(mira, 'sprint', attempt, body);
const board = (query: string): Promise<Answer> =>
  world.call('GET', `/sdk/v1/leaderboards/${attempt.leaderboardId}?${query}`);
const id = '01890000-0000-7000-8000-000000000000';

describe('01 §12 routes', () => {
  it.each([
    ['GET', '/sdk/v1/nope'],
    ['GET', '/sdk/v1'],
    ['GET', '/'],
    ['GET', '/sdk/v1/ping/'],
    ['GET', '/sdk/v1/players/mira/wallet/'],
    ['POST', '/sdk/v1/players/mira/register/'],
    ['POST', '/sdk/v1/ping'],
    ['DELETE', '/sdk/v1/time'],
    ['PUT', '/sdk/v1/players/mira/wallet'],
    ['GET', '/sdk/v1/players/mira/register'],
    ['GET', '/SDK/v1/ping'],
    ['GET', '/sdk/v1/Ping'],
  ])('unknown path or method, trailing slash: %s %s is 404 not_found', async (method, path) => {
    expectError(await world.call(method, path, { secret: mira.secret }), 404, 'not_found');
  });

  it.each([
    ['GET', ''],
    ['POST', '/wallet/pearls/credit'],
    ['POST', '/inventory/torch/grant'],
    ['POST', '/secret/rotate'],
    ['POST', '/ban'],
    ['POST', '/merge'],
    ['POST', '/erase'],
  ])('02 §19: %s /players/:p%s does not exist here', async (method, rest) => {
    const answer = await world.call(method, `/sdk/v1/players/mira${rest}`, { secret: mira.secret });
    expectError(answer, 404, 'not_found');
  });

  it('HEAD on a GET route is as GET, without body; on a stream 404', async () => {
    const path = `/sdk/v1/leaderboards/${attempt.leaderboardId}`;
    for (const known of ['/sdk/v1/ping', '/sdk/v1/catalog', '/sdk/v1/players/mira/events', path]) {
      const [head, get] = [await world.call('HEAD', known), await world.call('GET', known)];
      expect([head.status, head.text]).toEqual([200, '']);
      expect(head.headers.get('content-type')).toBe(get.headers.get('content-type'));
    }
    expect((await world.call('HEAD', `${path}/stream`)).status).toBe(404);
    expect((await world.call('HEAD', `/sdk/v1/event-leaderboards/${attempt.leaderboardId}/stream`)).status).toBe(404);
    expect((await world.call('HEAD', '/sdk/v1/ping', { key: null })).status).toBe(401);
  });

  it.each(['PROPFIND', 'SEARCH', 'TRACE', 'LINK'])('no 405: %s is 404 not_found', async (method) => {
    expectError(await raw(world, method, '/sdk/v1/ping'), 404, 'not_found');
  });

  it('doubled slashes and parameters of another spelling are unknown paths', async () => {
    for (const path of ['//sdk/v1/ping', '/sdk//v1/ping', '/sdk/v1//ping', '/sdk/v1/ping;x=1', '/sdk/v1/ping/x']) {
      expectError(await raw(world, 'GET', path), 404, 'not_found');
    }
  });

  it('an external id of thousands of characters is 400, such a key 404', async () => {
    const long = 'x'.repeat(5_000);
    expectInvalid(await world.call('GET', `/sdk/v1/players/${long}/events`), 'path.externalId');
    expectError(await mira.post(`/events/${long}/start`), 404, 'not_found');
    expectError(await world.call('GET', `/sdk/v1/leaderboards/${long}`), 404, 'not_found');
    expectError(await mira.post(`/grants/${long}/claim`), 404, 'not_found');
  });

  it('percent-encoding in a query that does not decode is 400', async () => {
    for (const query of ['status=%zz', 'status=active&x=%', 'status=%ff']) {
      expectError(await raw(world, 'GET', `/sdk/v1/players/mira/events?${query}`), 400, 'validation_failed');
    }
  });

  it('percent-encoding that does not decode is 400', async () => {
    for (const path of ['%zz', '%', '%e0%a4', '%ff']) {
      const refused = await raw(world, 'GET', `/sdk/v1/players/${path}/events`);
      expectError(refused, 400, 'validation_failed');
      expect(refused.headers.get('access-control-allow-origin')).toBe('*');
      // Whoever shows no credentials learns nothing about the path (01 §4).
      const stranger = await raw(world, 'GET', `/sdk/v1/players/${path}/events`, { headers: { authorization: '' } });
      expectError(stranger, 401, 'unauthenticated');
    }
  });
});

describe('01 §12 bodies', () => {
  const deep = (levels: number): string => `{"a":${'['.repeat(levels - 1)}${']'.repeat(levels - 1)},"amount":1}`;

  it.each([
    ['malformed', '{"amount":1'],
    ['trailing text', '{"amount":1} x'],
    ['an array', '[]'],
    ['a string', '"x"'],
    ['a number', '5'],
    ['null', 'null'],
    ['NaN', '{"amount":NaN}'],
    ['__proto__ on top', '{"__proto__":{},"amount":1}'],
    ['__proto__ below', '{"amount":1,"a":[{"__proto__":1}]}'],
    ['an escaped __proto__', '{"amount":1,"a":{"\\u005f_proto__":1}}'],
    ['deeper than 32 levels', deep(33)],
    ['very deep', deep(20_000)],
  ])('JSON that is %s is 400, issue path body', async (_, body) => {
    expectInvalid(await debit(body), 'body');
  });

  it('JSON that is not UTF-8 is 400, issue path body', async () => {
    const body = Buffer.concat([Buffer.from('{"amount":1,"reason":"'), Buffer.from([0xff, 0xfe]), Buffer.from('"}')]);
    const headers = { 'x-player-secret': mira.secret, 'content-type': 'application/json' };
    expectInvalid(await raw(world, 'POST', '/sdk/v1/players/mira/wallet/pearls/debit', { headers, body }), 'body');
  });

  it('32 levels are accepted', async () => {
    data(await debit(deep(32)));
  });

  it('no body, or an empty one, is {} where every field is optional, with any or no content type', async () => {
    const path = '/sdk/v1/players/mira/events/sprint/start';
    const headers = { 'x-player-secret': mira.secret };
    expect((await raw(world, 'POST', path, { headers })).status).toBe(200);
    for (const type of ['application/json', 'text/plain', 'application/x-www-form-urlencoded']) {
      const answer = await raw(world, 'POST', path, { headers: { ...headers, 'content-type': type }, body: '' });
      expect(answer.status).toBe(200);
    }
    expectInvalid(await raw(world, 'POST', '/sdk/v1/players/mira/wallet/pearls/debit', { headers }), 'body.amount');
  });

  it('a content type other than application/json (parameters allowed) is 415 validation_failed', async () => {
    const types = ['text/plain', 'application/x-www-form-urlencoded', 'application/json-patch+json', 'application/xml'];
    for (const type of [...types, 'multipart/form-data; boundary=x', 'text/json']) {
      expectError(await debit('{"amount":1}', { 'content-type': type }), 415, 'validation_failed');
    }
    data(await debit('{"amount":1}', { 'content-type': 'application/json; charset=utf-8' }));
    data(await debit('{"amount":1}', { 'content-type': 'Application/JSON' }));
  });

  it('a body over 64 KiB is 413 validation_failed; one of exactly 64 KiB is read', async () => {
    const of = (bytes: number): string => `{"amount":1,"x":"${'y'.repeat(bytes - 19)}"}`;
    expect(Buffer.byteLength(of(65_536))).toBe(65_536);
    data(await debit(of(65_536)));
    expectError(await debit(of(65_537)), 413, 'validation_failed');
  });

  it('unknown fields in body and query are ignored', async () => {
    data(await debit({ amount: 1, surprise: { deep: [1] } }));
    expect((await world.call('GET', '/sdk/v1/players/mira/events?surprise=1&status=active')).status).toBe(200);
  });

  it('an optional field that is null is as absent', async () => {
    data(await debit({ amount: 1, reason: null, idempotencyKey: null }));
    data(await report({ mode: 'set', metricValue: 1, metrics: null, metricValues: null, occurredAt: null }));
    data(await mira.post('/events/sprint/start', { playerContext: null }));
  });

  it.each([
    [{}, 'body.amount'],
    [{ amount: null }, 'body.amount'],
    [{ amount: '5' }, 'body.amount'],
    [{ amount: 5.5 }, 'body.amount'],
    [{ amount: 0 }, 'body.amount'],
    [{ amount: -1 }, 'body.amount'],
    [{ amount: 2_147_483_648 }, 'body.amount'],
    [{ amount: true }, 'body.amount'],
    [{ amount: [1] }, 'body.amount'],
    [{ amount: 1, reason: 5 }, 'body.reason'],
    [{ amount: 1, reason: 'x'.repeat(201) }, 'body.reason'],
    [{ amount: 1, idempotencyKey: 5 }, 'body.idempotencyKey'],
    [{ amount: 1, idempotencyKey: 'k'.repeat(256) }, 'body.idempotencyKey'],
  ])('a wrong type, enum, length or bound is 400, no coercion: debit %j', async (body, path) => {
    expectInvalid(await debit(body), path);
  });

  it.each([
    [{ metricValue: 1 }, 'body.mode'],
    [{ mode: 'add', metricValue: 1 }, 'body.mode'],
    [{ mode: 'set', metricValue: '1' }, 'body.metricValue'],
    [{ mode: 'set', metrics: [1] }, 'body.metrics'],
    [{ mode: 'set', metrics: 'shells' }, 'body.metrics'],
    [{ mode: 'set', metrics: { shells: '1' } }, 'body.metrics.shells'],
    [{ mode: 'set', metrics: { shells: null } }, 'body.metrics.shells'],
    [{ mode: 'set', metricValue: 1, occurredAt: 5 }, 'body.occurredAt'],
  ])('a wrong type, enum, length or bound is 400, no coercion: progress %j', async (body, path) => {
    expectInvalid(await report(body), path);
  });

  it('Infinity by exponent is 400', async () => {
    expectError(await report('{"mode":"set","metricValue":1e999}'), 400, 'validation_failed');
    expectError(await report('{"mode":"set","metrics":{"shells":-1e999}}'), 400, 'validation_failed');
  });
});

describe('01 §12 queries', () => {
  it('includeSelf: true false 1 0; empty = absent; else 400', async () => {
    for (const on of ['true', '1']) {
      expect(data(await board(`externalId=mira&includeSelf=${on}`))).toMatchObject({ self: { rank: 1 } });
    }
    for (const off of ['includeSelf=false', 'includeSelf=0', 'includeSelf=', 'includeSelf=null', '']) {
      expect(data(await board(`externalId=mira&${off}`))).toMatchObject({ self: null });
    }
    for (const wrong of ['yes', 'TRUE', '2', 'on']) {
      expectInvalid(await board(`externalId=mira&includeSelf=${wrong}`), 'query.includeSelf');
    }
  });

  it('a limit that is no decimal integer or out of range is 400, never clamped', async () => {
    for (const limit of ['0', '201', '-1', '1.5', 'abc', '1e2', '0x10', '+5', '%205', '99999999999999999999']) {
      expectInvalid(await board(`limit=${limit}`), 'query.limit');
      expectInvalid(await mira.get(`/pending-grants?limit=${limit}`), 'query.limit');
    }
    for (const limit of ['1', '200']) {
      data(await board(`limit=${limit}`));
      data(await mira.get(`/pending-grants?limit=${limit}`));
    }
  });

  it('the same query parameter twice is 400', async () => {
    expectError(await board('limit=5&limit=5'), 400, 'validation_failed');
    expectError(await world.call('GET', '/sdk/v1/time?timezone=UTC&timezone=UTC'), 400, 'validation_failed');
    const twice = '/sdk/v1/players/mira/events?status=active&status=active';
    expectError(await world.call('GET', twice), 400, 'validation_failed');
    const forced = await world.call('POST', '/sdk/v1/players/mira/register?force=true&force=true', { body: {} });
    expectError(forced, 400, 'validation_failed');
  });
});

describe('what no database can keep, and what no client sends twice', () => {
  it('NUL and halves of surrogate pairs in texts are refused or kept, never a crash', async () => {
    for (const odd of ['\\u0000', 'a\\ud800b', '\\udc00']) {
      const answers = [
        await debit(`{"amount":1,"reason":"${odd}"}`),
        await debit(`{"amount":1,"idempotencyKey":"${odd}"}`),
        await report(`{"mode":"set","metrics":{"${odd}":1}}`),
        await mira.post('/events/sprint/start', `{"playerContext":{"a":"${odd}"}}`),
        await mira.post('/events/sprint/start', `{"playerContext":{"${odd}":1}}`),
      ];
      for (const answer of answers) expect([200, 400]).toContain(answer.status);
    }
    const paths = [
      'wallet/%00/debit',
      'wallet/%F0%9F%A6%80/debit',
      'wallet/constructor/debit',
      'wallet/__proto__/debit',
    ];
    for (const path of paths) {
      expectError(await mira.post(`/${path}`, { amount: 1 }), 409, 'conflict');
    }
  });

  it('a chunked body is measured too', async () => {
    const headers = {
      'x-player-secret': mira.secret,
      'content-type': 'application/json',
      'transfer-encoding': 'chunked',
    };
    const path = '/sdk/v1/players/mira/wallet/pearls/debit';
    expect((await raw(world, 'POST', path, { headers, body: '{"amount":1}' })).status).toBe(200);
    const body = `{"amount":1,"x":"${'y'.repeat(70_000)}"}`;
    expectError(await raw(world, 'POST', path, { headers, body }), 413, 'validation_failed');
  });

  it('a byte order mark, or an encoding nobody named, is no crash', async () => {
    expect([200, 400]).toContain((await debit('\ufeff{"amount":1}')).status);
    expect([200, 400, 415]).toContain((await debit('{"amount":1}', { 'content-encoding': 'gzip' })).status);
  });

  it('externalId in a query is held to the bounds of 01 §11', async () => {
    for (const bad of ['x'.repeat(129), '%00', '__deleted_x', '..']) {
      expectError(await board(`includeSelf=1&externalId=${bad}`), 400, 'validation_failed');
    }
  });
});

describe('01 §12 ids in the path', () => {
  it('an id that must be a UUID and is not: 404 not_found, as for an unknown id', async () => {
    const unknown = await progress(mira, 'sprint', { id }, { mode: 'set', metricValue: 1 });
    expectError(unknown, 404, 'not_found');
    for (const other of ['5', 'nope', `${id}x`, encodeURIComponent(`${id}/x`)]) {
      const answer = await progress(mira, 'sprint', { id: other }, { mode: 'set', metricValue: 1 });
      expect([answer.status, answer.text]).toEqual([404, unknown.text]);
      expectError(await finish(mira, 'sprint', { id: other }), 404, 'not_found');
    }
    const grant = await mira.post(`/grants/${id}/claim`);
    expectError(grant, 404, 'not_found');
    expect((await mira.post('/grants/nope/claim')).text).toBe(grant.text);
  });

  it('the same under /event-leaderboards is 400; /leaderboards reads it as a key', async () => {
    expectInvalid(await world.call('GET', '/sdk/v1/event-leaderboards/nope'), 'path.id');
    expectInvalid(await world.call('GET', '/sdk/v1/event-leaderboards/nope/stream'), 'path.id');
    expectError(await world.call('GET', '/sdk/v1/leaderboards/nope'), 404, 'not_found');
    expectError(await world.call('GET', '/sdk/v1/leaderboards/nope/stream'), 404, 'not_found');
  });
});

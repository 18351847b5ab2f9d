import { connect } from 'node:net';
import { World, type Answer, type Player } from '@kraty/testing/world';
import { Operator } from './operator.fixture.js';

/** What a hostile client sends must be refused or do what it says; it must never be answered 500, and never act twice. */
const game = {
  items: [{ key: 'torch', name: 'Torch' }],
  currencies: [{ key: 'pearls', name: 'Pearls', kind: 'currency', initialBalance: 1_000 }],
  events: [
    {
      key: 'sprint',
      name: 'Sprint',
      status: 'scheduled',
      availability: { mode: 'always_on' },
      metrics: [{ key: 'shells' }],
      attempt: { replayableDuringWindow: true },
    },
  ],
};

let world: World;
let mira: Player;
let attempt: { id: string; leaderboardId: string };

beforeAll(async () => {
  world = await World.start(['gateway', 'identity', 'events', 'leaderboards', 'grants', 'economy']);
  await world.configure(game);
  mira = await world.player('mira');
  const started = await mira.post('/events/sprint/start');
  attempt = (started.json.data as unknown as { attempt: typeof attempt }).attempt;
});

afterAll(async () => {
  await world.stop();
});

const verdict = ({ status, json }: Answer): [number, string | undefined] => [status, json.error?.code];
const progress = (body: object): Promise<Answer> => mira.post(`/events/sprint/attempts/${attempt.id}/progress`, body);

/** The status line and the body of what comes back for exactly these bytes. */
async function send(text: string): Promise<{ status: number; body: string }> {
  const { hostname, port } = new URL(world.url);
  const socket = connect(Number(port), hostname);
  socket.write(text);
  let reply = '';
  for await (const chunk of socket) reply += String(chunk);
  return { status: Number(reply.split(' ')[1]), body: reply.slice(reply.indexOf('\r\n\r\n') + 4) };
}

function request(method: string, target: string, body = '', headers: string[] = []): string {
  const own = [`authorization: Bearer ${world.keys.clientLive}`, `x-player-secret: ${mira.secret}`, 'host: x'];
  const type = ['content-type: application/json', 'connection: close'];
  const length = headers.length > 0 ? headers : [`content-length: ${Buffer.byteLength(body)}`];
  return `${[`${method} ${target} HTTP/1.1`, ...own, ...type, ...length].join('\r\n')}\r\n\r\n${body}`;
}

describe('texts the database cannot hold', () => {
  it.each<[string, () => Promise<Answer>, number, string]>([
    [
      'an event key of a finish',
      () => mira.post(`/events/%00/attempts/${attempt.id}/finish`, { idempotencyKey: 'a' }),
      404,
      'not_found',
    ],
    [
      'an event key of a progress',
      () =>
        mira.post(`/events/%00/attempts/${attempt.id}/progress`, { mode: 'set', metricValue: 1, idempotencyKey: 'a' }),
      404,
      'not_found',
    ],
    ['a currency key', () => mira.post('/wallet/%00/debit', { amount: 1, idempotencyKey: 'a' }), 409, 'conflict'],
    ['an item key', () => mira.post('/inventory/%00/consume', { quantity: 1 }), 409, 'conflict'],
    ['a reason', () => mira.post('/wallet/pearls/debit', { amount: 1, reason: 'a\u0000' }), 400, 'validation_failed'],
    [
      'a progression key',
      () => world.call('GET', `/sdk/v1/leaderboards/${attempt.leaderboardId}?progression=%00`),
      400,
      'validation_failed',
    ],
    [
      'a time before the year 1',
      () => progress({ mode: 'set', metricValue: 1, occurredAt: '0000-01-01T00:00:00Z' }),
      400,
      'validation_failed',
    ],
    [
      'a time before the year 1 by its zone',
      () => progress({ mode: 'set', metricValue: 1, occurredAt: '0001-01-01T00:00:00+14:00' }),
      400,
      'validation_failed',
    ],
  ])('are refused in %s', async (_name, call, status, code) => {
    expect(verdict(await call())).toEqual([status, code]);
  });

  it('are refused where keys are long enough to break an index', async () => {
    const long = `x${'é'.repeat(700)}`;
    const key = '€'.repeat(255);
    const finish = `/events/${encodeURIComponent(long)}/attempts/${attempt.id}/finish`;
    expect((await mira.post(finish, { idempotencyKey: key })).status).toBeLessThan(500);
    expect(
      verdict(await mira.post(`/wallet/${encodeURIComponent(long)}/debit`, { amount: 1, idempotencyKey: key })),
    ).toEqual([409, 'conflict']);
  });
});

describe('one call written in several ways', () => {
  const body = JSON.stringify({ amount: 1, idempotencyKey: 'spelling' });

  it.each([
    ['escapes', '/sdk/v1/players/%6dira/wallet/pe%61rls/debit'],
    ['an escaped prefix', '/%73dk/v1/players/mira/wallet/pearls/debit'],
    ['a fragment', '/sdk/v1/players/mira/wallet/pearls/debit#again'],
    ['a host', 'http://x/sdk/v1/players/mira/wallet/pearls/debit'],
  ])('acts once in spite of %s', async (_name, target) => {
    expect((await send(request('POST', '/sdk/v1/players/mira/wallet/pearls/debit', body))).status).toBe(200);
    const again = await send(request('POST', target, body));
    expect([again.status, JSON.parse(again.body)]).toMatchObject([200, { data: { applied: false } }]);
  });

  it('acts once for an attempt id in upper case', async () => {
    const report = { mode: 'increment', metricValue: 1, idempotencyKey: 'case' };
    const first = await progress(report);
    const again = await mira.post(`/events/sprint/attempts/${attempt.id.toUpperCase()}/progress`, report);
    expect([again.text, again.headers.get('idempotency-replayed')]).toEqual([first.text, 'true']);
  });

  it('is not taken for another player whose id holds a slash', async () => {
    const slashed = await world.player('mira/wallet/pearls');
    const spent = await slashed.post('/wallet/pearls/debit', { amount: 7, idempotencyKey: 'slash' });
    expect(spent.status).toBe(200);
    const other = await mira.post('/wallet/pearls%2Fwallet%2Fpearls/debit', { amount: 7, idempotencyKey: 'slash' });
    expect(verdict(other)).toEqual([409, 'conflict']);
  });
});

describe('bodies beyond the bound', () => {
  const large = JSON.stringify({ amount: 1, x: 'x'.repeat(200_000) });
  const inChunks = `${large.length.toString(16)}\r\n${large}\r\n0\r\n\r\n`;

  it.each([
    ['under an escaped path', () => request('POST', '/%73dk/v1/players/mira/wallet/pearls/debit', large)],
    ['under a path with a host', () => request('POST', 'http://x/sdk/v1/players/mira/wallet/pearls/debit', large)],
    [
      'in chunks',
      () => request('POST', '/sdk/v1/players/mira/wallet/pearls/debit', inChunks, ['transfer-encoding: chunked']),
    ],
  ])('are refused %s', async (_name, text) => {
    const { status, body } = await send(text());
    expect([status, JSON.parse(body)]).toMatchObject([413, { error: { code: 'validation_failed' } }]);
  });
});

describe('keys no database can hold, from an operator', () => {
  it.each([
    ['GET', '/events/%00'],
    ['GET', '/events/%00/windows'],
    ['GET', '/events/%00/revisions'],
    ['GET', '/events/%00/stats'],
    ['DELETE', '/events/%00/windows/%00/metadata'],
    ['GET', '/reward-bundles/%00'],
    ['GET', '/reward-bundles/%00/usages'],
    ['GET', '/reward-tables/%00/odds'],
    ['GET', '/items/%00'],
    ['GET', '/bots/%00'],
  ])('are unknown: %s %s', async (method, path) => {
    const operator = await Operator.signIn(world);
    expect(verdict(await operator.call(method, path, undefined, { version: 1 }))).toEqual([404, 'not_found']);
  });
});

describe('what the HTTP server would refuse by itself', () => {
  const ping = (...headers: string[]): string =>
    [
      'GET /sdk/v1/ping HTTP/1.1',
      `authorization: Bearer ${world.keys.clientLive}`,
      ...headers,
      'connection: close\r\n\r\n',
    ].join('\r\n');

  it('is refused in the form of every other refusal when no Host is named', async () => {
    const { status, body } = await send(ping());
    expect([status, JSON.parse(body)]).toMatchObject([
      400,
      { error: { code: 'validation_failed', details: { issues: [{ path: 'header' }] } } },
    ]);
  });

  it('is answered in spite of an expectation nobody knows', async () => {
    const { status, body } = await send(ping('host: x', 'expect: wonders'));
    expect([status, JSON.parse(body)]).toMatchObject([200, { ok: true }]);
  });
});

describe('what is no HTTP', () => {
  it.each([
    [
      'a length beside chunks',
      'POST /sdk/v1/ping HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n',
    ],
    ['headers without end', `GET /sdk/v1/ping HTTP/1.1\r\nhost: x\r\nx: ${'x'.repeat(20_000)}\r\n\r\n`],
    ['noise', '\u0016\u0003\u0001\r\n\r\n'],
  ])('is refused in the form of every other refusal: %s', async (_name, text) => {
    const { status, body } = await send(text);
    expect([status, JSON.parse(body)]).toMatchObject([
      400,
      { error: { code: 'validation_failed', details: { issues: [{}] } } },
    ]);
  });
});

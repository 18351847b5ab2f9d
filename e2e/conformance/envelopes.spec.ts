import { MovableClock } from '@kraty/platform/clock';
import { eventually } from '@kraty/testing/harness';
import type { Player, World } from '@kraty/testing/world';
import { data, expectError, raw, startWorld } from './client.fixture.js';

/** The moment of the examples of 02. */
const clock = new MovableClock(new Date('2026-09-01T08:00:00.000Z'));
const items = [
  { key: 'torch', name: { en: 'Torch', pt: 'Tocha' }, itemTypeKey: 'consumable', tags: ['light'], rarity: 'common' },
  { key: 'bait', name: 'Bait', description: 'Smells', attributes: { depth: { max: 3 } }, iconUrl: 'https://a.b/c.png' },
];
const currencies = [
  { key: 'renown', name: 'Renown', kind: 'progression' },
  { key: 'pearls', name: 'Pearls', kind: 'currency' },
];

let world: World;
let mira: Player;

beforeAll(async () => {
  world = await startWorld({ items, currencies }, { clock });
  mira = await world.player('mira');
});

afterAll(async () => {
  await world.stop();
});

const requestId = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

describe('01 §5 envelopes', () => {
  it('every JSON reply, also a refusal, carries type, no-store and a request id', async () => {
    const answers = [
      await world.call('GET', '/sdk/v1/ping'),
      await world.call('GET', '/sdk/v1/players/mira/events'),
      await mira.get('/wallet'),
      await mira.post('/wallet/pearls/debit', { amount: 1 }),
      await mira.post('/wallet/pearls/debit', {}),
      await world.call('GET', '/sdk/v1/ping', { key: null }),
      await world.call('GET', '/sdk/v1/ping', { key: world.keys.serverLive }),
      await world.call('GET', '/sdk/v1/nope'),
      await mira.post('/wallet/pearls/debit', '{'),
    ];
    for (const { headers } of answers) {
      expect(headers.get('content-type')).toBe('application/json; charset=utf-8');
      expect(headers.get('cache-control')).toBe('no-store');
      expect(headers.get('x-request-id')).toMatch(requestId);
    }
  });

  it("01 §14: the caller's X-Request-Id (up to 64 of [A-Za-z0-9_-]) is kept, else one is made", async () => {
    const ask = (given: string): Promise<string | null> =>
      world
        .call('GET', '/sdk/v1/ping', { headers: { 'x-request-id': given } })
        .then((r) => r.headers.get('x-request-id'));
    for (const kept of ['abc', 'A_z-9', 'x'.repeat(64)]) expect(await ask(kept)).toBe(kept);
    for (const dropped of ['x'.repeat(65), 'a b', 'a/b', 'a.b']) expect(await ask(dropped)).toMatch(requestId);
  });

  it('an error is { error: { code, message, details? } }, details absent when there is nothing to say', async () => {
    const refused = await world.call('GET', '/sdk/v1/ping', { key: null });
    expect(Object.keys(refused.json.error!)).toEqual(['code', 'message']);
    const short = await mira.post('/wallet/pearls/debit', { amount: 1 });
    expect(Object.keys(short.json.error!).toSorted()).toEqual(['code', 'details', 'message']);
    expect(short.json).not.toHaveProperty('data');
  });
});

describe('01 §14 browsers', () => {
  const list = (value: string | null): string[] =>
    (value ?? '')
      .toLowerCase()
      .split(/\s*,\s*/)
      .toSorted();
  const origin = 'https://game.example';

  it('a preflight answers 204, cached 24 h, with the methods and headers of the table', async () => {
    const asked = {
      origin,
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'x-player-secret',
    };
    const { status, headers, text } = await world.call('OPTIONS', '/sdk/v1/players/mira/wallet', {
      key: null,
      headers: asked,
    });
    expect([status, text]).toEqual([204, '']);
    expect(headers.get('access-control-allow-origin')).toBe('*');
    expect(headers.get('access-control-allow-credentials')).toBeNull();
    expect(headers.get('access-control-max-age')).toBe('86400');
    expect(list(headers.get('access-control-allow-methods'))).toEqual(list('GET,POST,PUT,PATCH,DELETE'));
    const allowed = 'authorization,content-type,accept,if-none-match,x-kraty-sdk,x-player-secret,x-request-id';
    expect(list(headers.get('access-control-allow-headers'))).toEqual(list(allowed));
  });

  it('replies to any origin may be read, with the exposed headers of the table, errors too', async () => {
    const exposed =
      'ratelimit-limit,ratelimit-remaining,ratelimit-reset,retry-after,idempotency-replayed,etag,x-request-id';
    for (const [path, key] of [
      ['/sdk/v1/ping', undefined],
      ['/sdk/v1/ping', null],
      ['/sdk/v1/nope', undefined],
    ] as const) {
      const { headers } = await world.call('GET', path, { key, headers: { origin } });
      expect(headers.get('access-control-allow-origin')).toBe('*');
      expect(headers.get('access-control-allow-credentials')).toBeNull();
      expect(list(headers.get('access-control-expose-headers'))).toEqual(list(exposed));
    }
  });

  it('/server/v1 has none', async () => {
    const { headers } = await world.call('GET', '/server/v1/ping', { key: world.keys.serverLive, headers: { origin } });
    expect(headers.get('access-control-allow-origin')).toBeNull();
  });
});

describe('02 §12 catalog', () => {
  it('is the whole catalog sorted by key, every field present', async () => {
    expect(data(await world.call('GET', '/sdk/v1/catalog'))).toEqual({
      items: [
        {
          key: 'bait',
          name: 'Bait',
          iconUrl: 'https://a.b/c.png',
          description: 'Smells',
          itemTypeKey: 'generic',
          tags: [],
          rarity: null,
          attributes: { depth: { max: 3 } },
        },
        {
          key: 'torch',
          name: { en: 'Torch', pt: 'Tocha' },
          iconUrl: null,
          description: null,
          itemTypeKey: 'consumable',
          tags: ['light'],
          rarity: 'common',
          attributes: {},
        },
      ],
      currencies: [
        { key: 'pearls', name: 'Pearls', iconUrl: null, description: null, kind: 'currency' },
        { key: 'renown', name: 'Renown', iconUrl: null, description: null, kind: 'progression' },
      ],
    });
  });

  it('carries ETag and Cache-Control: private, max-age=60; If-None-Match answers 304 without body', async () => {
    const first = await world.call('GET', '/sdk/v1/catalog');
    const etag = first.headers.get('etag')!;
    expect(etag).toMatch(/^(W\/)?".+"$/);
    expect(first.headers.get('cache-control')).toBe('private, max-age=60');
    for (const match of [etag, `"other", ${etag}`, '*']) {
      const again = await world.call('GET', '/sdk/v1/catalog', { headers: { 'if-none-match': match } });
      expect([again.status, again.text, again.headers.get('etag')]).toEqual([304, '', etag]);
    }
    expect((await world.call('GET', '/sdk/v1/catalog', { headers: { 'if-none-match': '"other"' } })).status).toBe(200);
  });

  it('changes its tag with its content', async () => {
    const before = (await world.call('GET', '/sdk/v1/catalog')).headers.get('etag');
    await world.configure({ items: [{ key: 'zinc', name: 'Zinc', itemTypeKey: 'generic' }] });
    // Whoever keeps the catalog hears of the change by a fact, after the operator has the answer.
    const after = await eventually(async () => {
      const answer = await world.call('GET', '/sdk/v1/catalog', { headers: { 'if-none-match': before! } });
      expect(answer.status).toBe(200);
      return answer;
    });
    expect(data<{ items: { key: string }[] }>(after).items.map(({ key }) => key)).toEqual(['bait', 'torch', 'zinc']);
    expect(after.headers.get('etag')).not.toBe(before);
  });
});

describe('02 §13 time', () => {
  const time = (query = '') => world.call('GET', `/sdk/v1/time${query}`);

  it('is the example of the spec for Lisbon, and UTC if no zone is given', async () => {
    const now = { epochMs: Date.parse('2026-09-01T08:00:00.000Z'), iso: '2026-09-01T08:00:00.000Z' };
    expect(data(await time('?timezone=Europe/Lisbon'))).toEqual({
      ...now,
      timezone: 'Europe/Lisbon',
      offsetMinutes: 60,
      local: '2026-09-01T09:00:00',
    });
    expect(data(await time())).toEqual({ ...now, timezone: 'UTC', offsetMinutes: 0, local: '2026-09-01T08:00:00' });
  });

  it('gives the offset at this instant, east positive, also of half and quarter hours', async () => {
    for (const [timezone, offsetMinutes, local] of [
      ['Asia/Kathmandu', 345, '2026-09-01T13:45:00'],
      ['America/New_York', -240, '2026-09-01T04:00:00'],
      ['Australia/Lord_Howe', 630, '2026-09-01T18:30:00'],
    ] as const) {
      expect(data(await time(`?timezone=${timezone}`))).toMatchObject({ timezone, offsetMinutes, local });
    }
  });

  it('an unknown zone is 400', async () => {
    for (const zone of ['Nowhere/City', '%2B01:00', 'local', 'x'.repeat(300), 'Europe/Lisbon%20']) {
      expectError(await time(`?timezone=${zone}`), 400, 'validation_failed');
    }
  });
});

describe('01 §1 and §13: what needs no credential', () => {
  it('/healthz and /readyz answer 200', async () => {
    expect((await raw(world, 'GET', '/healthz')).status).toBe(200);
    // A part that answers after more than a second counts as absent, which the next probe may find otherwise.
    await eventually(async () => expect((await raw(world, 'GET', '/readyz')).status).toBe(200));
  });

  it('/openapi.sdk.json is an OpenAPI 3.1 document of /sdk/v1, also at /sdk/v1/openapi.json', async () => {
    const answer = await world.call('GET', '/openapi.sdk.json', { key: null });
    expect(answer.status).toBe(200);
    const document = answer.json as unknown as { openapi: string; servers: { url: string }[]; paths: object };
    expect(document.openapi).toMatch(/^3\.1\./);
    expect(document.servers[0]!.url).toMatch(/\/sdk\/v1$/);
    const paths = ['/ping', '/time', '/catalog', '/players/{externalId}/events', '/players/{externalId}/register'];
    expect(Object.keys(document.paths)).toEqual(expect.arrayContaining(paths));
    expect((await world.call('GET', '/sdk/v1/openapi.json', { key: null })).json).toEqual(answer.json);
  });
});

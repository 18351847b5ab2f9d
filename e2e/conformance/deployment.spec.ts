import type { Answer, World } from '@kraty/testing/world';
import {
  boardOf,
  configure,
  data,
  dayMs,
  expectError,
  finish,
  mintKey,
  progress,
  start,
  startWorld,
} from './client.fixture.js';
import type { Grant } from './client.fixture.js';

/** What the environment variables of an installation decide, and what happens past the services' own code. */
const environment = {
  COUNTRY_HEADER: 'x-country',
  GRANT_DEFAULT_TTL_DAYS: '3',
  RATE_LIMIT_SDK_READ: '5000',
  RATE_LIMIT_SDK_WRITE: '6000',
  RATE_LIMIT_PLAYER: '0',
};
const game = {
  currencies: [{ key: 'pearls', name: 'Pearls', kind: 'currency', initialBalance: 9 }],
  events: [
    {
      key: 'sprint',
      status: 'scheduled',
      availability: { mode: 'always_on' },
      metrics: [{ key: 'shells' }],
      attempt: { replayableDuringWindow: true },
      rewardPolicy: {
        type: 'fixed_bundle',
        parameters: { entries: [{ type: 'currency', currencyKey: 'pearls', amount: 1 }] },
      },
    },
  ],
};

let world: World;

beforeAll(async () => {
  world = await startWorld(game, { environment });
});

afterAll(async () => {
  await world.stop();
});

const register = (who: string, country?: string): Promise<Answer> => {
  const headers: Record<string, string> = country === undefined ? {} : { 'x-country': country };
  return world.call('POST', `/sdk/v1/players/${who}/register`, { body: {}, headers });
};

describe('01 §8 limits of the installation', () => {
  it('stand for a key without its own, and for null; a limit of 0 leaves the other level to speak', async () => {
    const [own, none] = [
      await mintKey(world, { rateLimits: { sdk_read: 7, sdk_write: null } }),
      await mintKey(world, {}),
    ];
    const secret = await world.register('limits');
    const limit = async (key: string, method: string, path: string, body?: object): Promise<string | null> =>
      (await world.call(method, `/sdk/v1/players/limits${path}`, { key, secret, body })).headers.get('ratelimit-limit');
    expect(await limit(own.plaintext, 'GET', '/wallet')).toBe('7');
    expect(await limit(own.plaintext, 'POST', '/events/sprint/start', {})).toBe('6000');
    expect(await limit(none.plaintext, 'GET', '/wallet')).toBe('5000');
  });
});

describe('12 §9 country', () => {
  it('is decided by the server at register, never by the client, and shown on identities and rows', async () => {
    const registered = data<{ secret: string }>(await register('lisboeta', 'PT'), 201);
    const identity = expect.objectContaining({ country: 'PT' });
    expect(registered).toMatchObject({ country: 'PT', displayIdentity: identity, anonymizedIdentity: identity });
    const player = world.as('lisboeta', registered.secret);
    const attempt = await start(player, 'sprint', { playerContext: { country: 'BR' } });
    const { entries } = await boardOf(world, attempt.leaderboardId, '?includeSelf=1&externalId=lisboeta');
    expect(entries.find(({ isSelf }) => isSelf)).toMatchObject({
      country: 'PT',
      player: { country: 'PT', displayIdentity: { country: 'PT' }, anonymizedIdentity: { country: 'PT' } },
    });
  });

  it('is ISO 3166 alpha-2 in upper case, or null', async () => {
    for (const [index, [header, country]] of [
      ['pt', 'PT'],
      ['Portugal', null],
      ['', null],
      ['1T', null],
      [undefined, null],
    ].entries()) {
      const { status, json } = await register(`somewhere-${index}`, header as string | undefined);
      expect([status, (json.data as unknown as { country: string }).country]).toEqual([201, country]);
    }
  });
});

describe('07 §8 expiry of grants', () => {
  it('GRANT_DEFAULT_TTL_DAYS where the game does not say, else the setting of the game', async () => {
    const mira = await world.player('expiring');
    const newest = async (): Promise<number> => {
      await finish(mira, 'sprint', await start(mira, 'sprint'));
      const [grant] = data<Grant[]>(await mira.get('/pending-grants'));
      return (Date.parse(grant!.expiresAt!) - Date.parse(grant!.createdAt)) / dayMs;
    };
    expect(await newest()).toBe(3);
    await configure(world, { settings: { grantDefaultTtlDays: 1 } });
    expect(await newest()).toBe(1);
  });
});

describe('01 §3 and 12 §6 ban', () => {
  it('writes answer 403 player_banned with bannedAt alone, before the body is looked at; reads work; register is 403', async () => {
    const secret = await world.register('banned');
    const bannedAt = '2026-01-02T03:04:05.678Z';
    const set = 'update player set banned_at = $1, ban_reason = $2 where external_player_id = $3';
    await world.ground.sql('identity', set, [bannedAt, 'rude', 'banned']);
    const mira = world.as('banned', secret);
    const id = '01890000-0000-7000-8000-000000000000';
    const attempt = `/events/sprint/attempts/${id}`;
    const writes = ['/events/sprint/start', `${attempt}/progress`, `${attempt}/finish`, `/grants/${id}/claim`];
    for (const write of [...writes, '/inventory/torch/consume', '/wallet/pearls/debit']) {
      expectError(await mira.post(write), 403, 'player_banned', { bannedAt });
      expectError(await mira.post(write, '{'), 403, 'player_banned', { bannedAt });
    }
    for (const read of ['/pending-grants', '/inventory', '/wallet', '/events'])
      expect((await mira.get(read)).status).toBe(200);
    expectError(await register('banned'), 403, 'player_banned', { bannedAt });
    expectError(await world.as('banned', 'wrong').post('/wallet/pearls/debit'), 401, 'player_secret_invalid');
  });
});

describe('06 §7.2 Redis is an index that can be lost', () => {
  const scores = [5, 9, 7, 9, -1];
  let leaderboardId: string;
  let before: string;

  const read = (): Promise<Answer> =>
    world.call('GET', `/sdk/v1/leaderboards/${leaderboardId}?limit=200&includeSelf=1&externalId=flush-2`);

  beforeAll(async () => {
    for (const [index, score] of scores.entries()) {
      const player = await world.player(`flush-${index}`);
      const attempt = await start(player, 'sprint');
      data(await progress(player, 'sprint', attempt, { mode: 'set', metricValue: score }));
      leaderboardId = attempt.leaderboardId;
    }
    before = (await read()).text;
  });

  it('flushed between a write and a read, the read is identical', async () => {
    await world.ground.flushRedis();
    const after = await read();
    expect([after.status, after.text]).toEqual([200, before]);
  });

  it('down, it fails neither reads nor writes', async () => {
    await world.ground.kill('redis');
    const without = await read();
    expect([without.status, without.text]).toEqual([200, before]);
    const player = await world.player('stubborn');
    const attempt = await start(player, 'sprint');
    data(await progress(player, 'sprint', attempt, { mode: 'set', metricValue: 1000 }));
    const { self } = await boardOf(world, leaderboardId, '?includeSelf=1&externalId=stubborn');
    expect(self).toEqual({ rank: 1, score: 1000 });
  });
});

import { archiveGame, createApiKey, createGame, revokeApiKey } from '@kraty/contracts/identity';
import { MovableClock } from '@kraty/platform/clock';
import { eventually } from '@kraty/testing/harness';
import type { Answer, Player, World } from '@kraty/testing/world';
import { data, expectError, hourMs, mintKey, progress, start, startWorld, uuid } from './client.fixture.js';

const clock = new MovableClock(new Date('2026-06-01T12:00:00.000Z'));
const event = {
  key: 'sprint',
  status: 'scheduled',
  availability: { mode: 'always_on' },
  metrics: [{ key: 'shells', target: 5 }],
  attempt: { replayableDuringWindow: true },
};

let world: World;

beforeAll(async () => {
  world = await startWorld({ events: [event] }, { clock });
});

afterAll(async () => {
  await world.stop();
});

const ping = (authorization: string): Promise<Answer> =>
  world.call('GET', '/sdk/v1/ping', { key: null, headers: { authorization } });
const expectRefused = (answer: Answer, code: string): void => {
  expectError(answer, 401, code);
  expect(answer.headers.get('www-authenticate')).toBe('Bearer');
};

describe('01 §2 API keys', () => {
  it('have the form {prefix}.{secret}: 8 base62 characters beginning with p or s, and 43 base64url characters', () => {
    expect(world.keys.clientLive).toMatch(/^p[0-9A-Za-z]{7}\.[A-Za-z0-9_-]{43}$/);
    expect(world.keys.serverLive).toMatch(/^s[0-9A-Za-z]{7}\.[A-Za-z0-9_-]{43}$/);
  });

  it('are sent as bearer tokens, the scheme name matched case-insensitively', async () => {
    for (const scheme of ['Bearer', 'bearer', 'BEARER']) {
      expect((await ping(`${scheme} ${world.keys.clientLive}`)).status).toBe(200);
    }
  });

  it('answer ping with ApiKeyInfo, bare and inside data (02 §1)', async () => {
    for (const [key, environment] of [
      [world.keys.clientLive, 'live'],
      [world.keys.clientTest, 'test'],
    ] as const) {
      const answer = await world.call('GET', '/sdk/v1/ping', { key });
      const scope = { studioId: world.scope.studioId, gameId: world.scope.gameId };
      const apiKey = { id: uuid, prefix: key.slice(0, 8), permissionSet: 'client_sdk', environment, ...scope };
      expect(answer.json).toEqual({ ok: true, apiKey, data: { ok: true, apiKey } });
    }
  });

  it.each([[undefined], [''], ['   ']])('Authorization absent or blank (%p) is 401 unauthenticated', async (blank) => {
    const headers: Record<string, string> = blank === undefined ? {} : { authorization: blank };
    expectRefused(await world.call('GET', '/sdk/v1/ping', { key: null, headers }), 'unauthenticated');
  });

  it('malformed, unknown and foreign-scheme credentials are 401 session_invalid', async () => {
    const [prefix, secret] = world.keys.clientLive.split('.') as [string, string];
    const other = `${secret.slice(0, 42)}${secret.endsWith('A') ? 'B' : 'A'}`;
    const wrong = ['Bearer', 'Bearer x', `Basic ${prefix}.${secret}`, `Bearer ${prefix}`, `Bearer ${prefix}.${other}`];
    const odd = [`Bearer ${prefix}.${secret}.x`, `Bearer pAAAAAAA.${secret}`, `Bearer .${secret}`, `Bearer ${prefix}.`];
    const swapped = `Bearer ${prefix}.${world.keys.clientTest.split('.')[1]}`;
    for (const authorization of [...wrong, ...odd, swapped, prefix]) {
      expectRefused(await ping(authorization), 'session_invalid');
    }
  });

  /** The clock of what is kept of a key stands still: only the notice can end it. */
  it('a revoked key is 401 session_invalid as soon as it is told', async () => {
    const key = await mintKey(world, {});
    expect((await ping(`Bearer ${key.plaintext}`)).status).toBe(200);
    const { operator, scope } = world;
    await world.messenger.request(revokeApiKey, { operator, ...scope, keyId: key.id, reason: 'leaked' });
    await eventually(async () => expectRefused(await ping(`Bearer ${key.plaintext}`), 'session_invalid'));
  });

  it('a key past its expiry date counts as revoked', async () => {
    const expiresAt = new Date(clock.nowMs() + hourMs).toISOString();
    const { plaintext } = await mintKey(world, { expiresAt });
    clock.advance(hourMs - 1);
    expect((await ping(`Bearer ${plaintext}`)).status).toBe(200);
    clock.advance(1);
    expectRefused(await ping(`Bearer ${plaintext}`), 'session_invalid');
  });

  it('a key of an archived game is 401 session_invalid; a key belongs to exactly one game', async () => {
    const { operator, messenger } = world;
    const studioId = world.scope.studioId;
    const game = await messenger.request(createGame, { operator, studioId, displayName: 'Other', slug: 'other' });
    const owner = { operator, studioId, gameId: game.id };
    const wanted = { name: 'k', permissionSet: 'client_sdk' as const, environment: 'live' as const };
    const minted = { ...owner, ...wanted, expiresAt: null, rateLimits: null };
    const key = (await messenger.request(createApiKey, minted)).plaintext;
    const there = await world.register('sole', key);
    expectError(await world.as('sole', there).get('/wallet'), 401, 'player_secret_invalid');
    expect(data(await world.call('GET', '/sdk/v1/players/sole/events', { key }))).toEqual([]);
    await messenger.request(archiveGame, { ...owner, version: game.version });
    await eventually(async () => expectRefused(await ping(`Bearer ${key}`), 'session_invalid'));
  });

  it('a server_integration key on /sdk/v1 is 403 forbidden on every route, ping included', async () => {
    const id = '01890000-0000-7000-8000-000000000000';
    const routes = [
      'ping',
      'time',
      'catalog',
      'players/mira/events',
      `leaderboards/${id}`,
      `leaderboards/${id}/stream`,
    ];
    const own = ['players/mira/wallet', 'players/mira/inventory', 'players/mira/pending-grants'];
    const key = world.keys.serverLive;
    for (const route of [...routes, ...own]) {
      expectError(await world.call('GET', `/sdk/v1/${route}`, { key }), 403, 'forbidden');
    }
    for (const route of ['register', 'events/sprint/start', `grants/${id}/claim`, 'wallet/pearls/debit']) {
      expectError(await world.call('POST', `/sdk/v1/players/mira/${route}`, { key }), 403, 'forbidden');
    }
  });
});

describe('01 §2 environments', () => {
  it('definitions are common; a player, and what play makes, exist per environment', async () => {
    const live = await world.player('twin');
    const secret = await world.register('twin', world.keys.clientTest);
    const inTest = (method: string, path: string, body?: unknown): Promise<Answer> =>
      world.call(method, `/sdk/v1${path}`, { key: world.keys.clientTest, secret, body });
    expectError(await world.as('twin', secret).get('/wallet'), 401, 'player_secret_invalid');
    const first = await start(live, 'sprint');
    const second = data<{ attempt: typeof first }>(await inTest('POST', '/players/twin/events/sprint/start', {}), 201);
    expect(second.attempt.playerId).not.toBe(first.playerId);
    expect(second.attempt.leaderboardId).not.toBe(first.leaderboardId);
    expectError(await inTest('GET', `/leaderboards/${first.leaderboardId}`), 404, 'not_found');
    const path = `/players/twin/events/sprint/attempts/${first.id}/progress`;
    expectError(await inTest('POST', path, { mode: 'set', metricValue: 1 }), 404, 'not_found');
    expect(data(await inTest('GET', `/leaderboards/${second.attempt.leaderboardId}`))).toMatchObject({
      entries: [{ participantId: second.attempt.playerId }],
    });
  });
});

describe('01 §3 player credential', () => {
  it('missing, malformed, wrong, of another player, of an unknown player: the same 401 and the same message', async () => {
    const mira = await world.player('mira');
    const tomo = await world.player('tomo');
    const path = '/sdk/v1/players/mira/wallet';
    const answers = [
      await world.call('GET', path),
      await world.call('GET', path, { secret: '' }),
      await world.call('GET', path, { secret: 'x' }),
      await world.call('GET', path, { secret: `${mira.secret.slice(1)}A` }),
      await world.call('GET', path, { secret: tomo.secret }),
      await world.call('GET', '/sdk/v1/players/nobody/wallet', { secret: mira.secret }),
      await world.call('GET', '/sdk/v1/players/nobody/wallet'),
    ];
    for (const answer of answers) {
      expectError(answer, 401, 'player_secret_invalid');
      expect(answer.text).toBe(answers[0]!.text);
      expect(answer.headers.get('www-authenticate')).toBe('Bearer');
    }
  });

  it('is needed on start, progress, finish, pending-grants, claim, inventory, consume, wallet, debit', async () => {
    const mira = await world.call('GET', '/sdk/v1/players/mira/events');
    expect(mira.status).toBe(200);
    const id = '01890000-0000-7000-8000-000000000000';
    for (const read of ['pending-grants', 'inventory', 'wallet']) {
      expectError(await world.call('GET', `/sdk/v1/players/mira/${read}`), 401, 'player_secret_invalid');
    }
    const attempt = `events/sprint/attempts/${id}`;
    const writes = ['events/sprint/start', `${attempt}/progress`, `${attempt}/finish`, `grants/${id}/claim`];
    for (const write of [...writes, 'inventory/torch/consume', 'wallet/pearls/debit']) {
      const answer = await world.call('POST', `/sdk/v1/players/mira/${write}`, { body: {} });
      expectError(answer, 401, 'player_secret_invalid');
    }
  });

  it('is ignored on key-alone routes: a wrong one does not make them fail', async () => {
    const secret = 'wrong';
    for (const route of ['ping', 'time', 'catalog', 'players/mira/events']) {
      expect((await world.call('GET', `/sdk/v1/${route}`, { secret })).status).toBe(200);
    }
    const registered = await world.call('POST', '/sdk/v1/players/fresh/register', { secret, body: {} });
    expect(registered.status).toBe(201);
  });
});

describe('01 §4 order of checks', () => {
  const big = `{"filler":"${'x'.repeat(70_000)}"}`;
  let mira: Player;

  beforeAll(async () => {
    mira = await world.player('orderly');
  });

  const write = (body: string, headers: Record<string, string> = {}, secret = mira.secret): Promise<Answer> =>
    world.call('POST', '/sdk/v1/players/orderly/wallet/pearls/debit', { secret, body, headers });

  it('1 before 2: an unknown route is 404 without credentials; OPTIONS answers 204 without credentials', async () => {
    expectError(await world.call('GET', '/sdk/v1/nope', { key: null }), 404, 'not_found');
    expect((await world.call('OPTIONS', '/sdk/v1/ping', { key: null })).status).toBe(204);
  });

  it('2 before 3 and all else: without credentials nothing is learnt about bodies, ids or players', async () => {
    const paths = ['/sdk/v1/players/%00/events', '/sdk/v1/players/mira/events?status=x', '/sdk/v1/time?timezone=x'];
    for (const path of paths) expectRefused(await world.call('GET', path, { key: null }), 'unauthenticated');
    const answer = await world.call('POST', '/sdk/v1/players/mira/wallet/k/debit', { key: null, body: big });
    expectRefused(answer, 'unauthenticated');
  });

  it('3 before 5: the permission set is looked at before the ids', async () => {
    const answer = await world.call('GET', '/sdk/v1/players/%00/wallet', { key: world.keys.serverLive });
    expectError(answer, 403, 'forbidden');
  });

  it('5 before 6: the bounds of the external id come before the secret', async () => {
    expectError(await world.call('GET', '/sdk/v1/players/%00/wallet'), 400, 'validation_failed');
  });

  it('6 before 9: the secret comes before the body', async () => {
    expectError(await write(big, {}, 'wrong'), 401, 'player_secret_invalid');
    expectError(await write('{', {}, 'wrong'), 401, 'player_secret_invalid');
    expectError(await write('{', { 'content-type': 'text/plain' }, 'wrong'), 401, 'player_secret_invalid');
  });

  it('9: size, then content type, then JSON', async () => {
    expectError(await write(big, { 'content-type': 'text/plain' }), 413, 'validation_failed');
    expectError(await write('{', { 'content-type': 'text/plain' }), 415, 'validation_failed');
    expectError(await write('{'), 400, 'validation_failed');
  });

  it('10 before 11 before 12: validation, then the record, then the rules of the route', async () => {
    const attempt = await start(mira, 'sprint');
    const body = { mode: 'increment', metricValue: 5, idempotencyKey: 'last' };
    const first = await progress(mira, 'sprint', attempt, body);
    expect(data(first)).toMatchObject({ attempt: { status: 'completed' } });
    expectError(await progress(mira, 'sprint', attempt, { ...body, mode: 'add' }), 400, 'validation_failed');
    expectError(await progress(mira, 'sprint', attempt, { ...body, metricValue: 6 }), 409, 'idempotency_conflict');
    expect((await progress(mira, 'sprint', attempt, body)).text).toBe(first.text);
    expectError(await progress(mira, 'sprint', attempt, { ...body, idempotencyKey: 'x' }), 409, 'attempt_finished');
    expectError(await mira.post('/events/unknown/start', { playerContext: 5 }), 400, 'validation_failed');
  });
});

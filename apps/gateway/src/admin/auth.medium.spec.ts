import { createHash, randomUUID } from 'node:crypto';
import type { AccessToken, Permission } from '@kraty/contracts/identity';
import { MovableClock } from '@kraty/platform/clock';
import { startGround, startHost, type Ground, type Host } from '@kraty/testing/harness';
import { World, type Answer } from '@kraty/testing/world';
import { adminAccount, Browser, cookieOf, dataOf, publicOrigin, sender, verdictOf } from './operators.fixture.js';

const clock = new MovableClock(new Date('2026-03-02T10:00:00Z'));
const hour = 3_600_000;
let sut: World;
let anyone: ReturnType<typeof sender>;
let studio: string;
let game: string;

beforeAll(async () => {
  sut = await World.start(['gateway', 'identity'], { clock, environment: { TRUST_PROXY: 'true' } });
  anyone = sender(sut, {});
  studio = `/admin/v1/studios/${sut.scope.studioId}`;
  game = `${studio}/games/${sut.scope.gameId}`;
});

afterAll(async () => {
  await sut.stop();
});

const login = (body: object, ip = '10.0.0.1') =>
  anyone('POST', '/admin/v1/auth/login', body, { 'x-forwarded-for': ip });

describe('a login', () => {
  it('opens a session in a cookie that no script can read', async () => {
    const answer = await login({ ...adminAccount, totp: null });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('set-cookie')).toMatch(
      /^kraty_session=[A-Za-z0-9_-]{43}; HttpOnly; SameSite=Lax; Path=\/; Expires=Mon, 09 Mar 2026 10:00:00 GMT$/,
    );
    expect(answer.json.data).toEqual({
      member: expect.objectContaining({ email: adminAccount.email }),
      csrfToken: expect.any(String),
      expiresAt: '2026-03-09T10:00:00.000Z',
    });
    expect(answer.text).not.toContain(cookieOf(answer).split('=')[1]);
    expect(answer.headers.get('cache-control')).toBe('no-store');
  });

  it('is refused alike for a wrong password and an unknown email', async () => {
    const wrong = await login({ ...adminAccount, password: 'not this password' });
    const unknown = await login({ email: 'nobody@example.com', password: 'not this password' });
    expect(verdictOf(wrong)).toEqual([401, 'invalid_credentials']);
    expect([unknown.status, unknown.text]).toEqual([wrong.status, wrong.text]);
    expect(wrong.headers.get('set-cookie')).toBeNull();
  });

  it('is locked for the address after five failures, and not for others', async () => {
    for (let failures = 0; failures < 5; failures += 1) {
      expect((await login({ ...adminAccount, password: 'not this password' }, '10.0.0.2')).status).toBe(401);
    }
    const locked = await login(adminAccount, '10.0.0.2');
    expect(verdictOf(locked)).toEqual([429, 'rate_limited']);
    const seconds = Number(locked.headers.get('retry-after'));
    expect(seconds).toBeGreaterThan(0);
    expect(seconds).toBeLessThanOrEqual(900);
    expect((await login(adminAccount, '10.0.0.3')).status).toBe(200);
    clock.advance(seconds * 1_000);
    expect((await login(adminAccount, '10.0.0.2')).status).toBe(200);
  });

  it.each<[string, object]>([
    ['no password', { email: 'a@example.com' }],
    ['a number for a password', { email: 'a@example.com', password: 5 }],
    ['an unknown field', { ...adminAccount, remember: true }],
  ])('is refused with %s', async (_name, body) => {
    expect(verdictOf(await login(body))).toEqual([400, 'validation_failed']);
  });
});

describe('a session', () => {
  it('says who is signed in and what they may do', async () => {
    const browser = await Browser.signIn(sut);
    const view = dataOf<{ csrfToken: string; permissions: { studios: Record<string, Permission[]> } }>(
      await browser.call('GET', '/admin/v1/auth/session'),
    );
    expect(view.csrfToken).toBe(browser.csrfToken);
    expect(view.permissions.studios[sut.scope.studioId]).toContain('studio.delete');
    const matrix = dataOf<{ roles: string[] }>(await browser.call('GET', '/admin/v1/permissions'));
    expect(matrix.roles).toHaveLength(8);
  });

  it('ends with a logout, which clears the cookie', async () => {
    const browser = await Browser.signIn(sut);
    const left = await browser.call('POST', '/admin/v1/auth/logout');
    expect([left.status, left.text]).toEqual([204, '']);
    expect(left.headers.get('set-cookie')).toMatch(/^kraty_session=; .*Expires=Thu, 01 Jan 1970/);
    expect(verdictOf(await browser.call('GET', '/admin/v1/auth/session'))).toEqual([401, 'session_invalid']);
  });

  it('ends when idle for twelve hours', async () => {
    const browser = await Browser.signIn(sut);
    clock.advance(12 * hour);
    expect(verdictOf(await browser.call('GET', '/admin/v1/studios'))).toEqual([401, 'session_invalid']);
  });

  it('can be ended from another one', async () => {
    const [browser, other] = [await Browser.signIn(sut), await Browser.signIn(sut)];
    const sessions = dataOf<{ id: string; current: boolean }[]>(await other.call('GET', '/admin/v1/auth/sessions'));
    const own = sessions.find(({ current }) => current)!;
    expect((await browser.call('DELETE', `/admin/v1/auth/sessions/${own.id}`)).status).toBe(204);
    expect((await other.call('GET', '/admin/v1/studios')).status).toBe(401);
    expect((await browser.call('GET', '/admin/v1/studios')).status).toBe(200);
    expect((await browser.call('DELETE', '/admin/v1/auth/sessions/x')).status).toBe(404);
  });

  it('goes on under a new id when the password changes, and the others end', async () => {
    const [browser, other] = [await Browser.signIn(sut), await Browser.signIn(sut)];
    const change = (currentPassword: string, newPassword: string, by = browser) =>
      by.call('POST', '/admin/v1/auth/password', { currentPassword, newPassword });
    expect(verdictOf(await change('not this password', 'quite another phrase'))).toEqual([401, 'invalid_credentials']);
    expect(verdictOf(await change(adminAccount.password, 'short'))).toEqual([400, 'validation_failed']);
    const changed = await change(adminAccount.password, 'quite another phrase');
    expect([changed.status, changed.text]).toEqual([204, '']);
    expect([
      (await other.call('GET', '/admin/v1/studios')).status,
      (await browser.call('GET', '/admin/v1/studios')).status,
    ]).toEqual([401, 401]);
    const renewed = await sender(sut, { cookie: cookieOf(changed) })('GET', '/admin/v1/auth/session');
    const { csrfToken } = dataOf<{ csrfToken: string }>(renewed);
    const headers = { cookie: cookieOf(changed), origin: publicOrigin, 'x-csrf-token': csrfToken };
    const back = await sender(sut, headers)('POST', '/admin/v1/auth/password', {
      currentPassword: 'quite another phrase',
      newPassword: adminAccount.password,
    });
    expect(back.status).toBe(204);
  });

  it('is known by nothing but its cookie', async () => {
    const csrf = (await Browser.signIn(sut)).csrfToken;
    for (const cookie of ['kraty_session=', 'kraty_session=abc', `kraty_session=${'a'.repeat(43)}`, `other=${csrf}`]) {
      expect((await sender(sut, { cookie })('GET', '/admin/v1/studios')).status).toBe(401);
    }
    expect(verdictOf(await anyone('GET', '/admin/v1/studios'))).toEqual([401, 'unauthenticated']);
    const byKey = await sut.call('GET', '/admin/v1/studios');
    expect(verdictOf(byKey)).toEqual([401, 'session_invalid']);
  });
});

describe('a write with a session', () => {
  it.each<[string, (browser: Browser) => Record<string, string>]>([
    ['no CSRF token', ({ cookie }) => ({ cookie, origin: publicOrigin })],
    ['a wrong CSRF token', ({ cookie }) => ({ cookie, origin: publicOrigin, 'x-csrf-token': 'a'.repeat(43) })],
    ['no Origin', ({ cookie, csrfToken }) => ({ cookie, 'x-csrf-token': csrfToken })],
    [
      'a foreign Origin',
      ({ cookie, csrfToken }) => ({ cookie, origin: 'https://evil.example', 'x-csrf-token': csrfToken }),
    ],
    ['a null Origin', ({ cookie, csrfToken }) => ({ cookie, origin: 'null', 'x-csrf-token': csrfToken })],
    [
      'an Origin that only begins alike',
      ({ cookie, csrfToken }) => ({ cookie, origin: `${publicOrigin}.evil.example`, 'x-csrf-token': csrfToken }),
    ],
  ])('and %s is refused, and changes nothing', async (_name, headersOf) => {
    const browser = await Browser.signIn(sut);
    const write = sender(sut, headersOf(browser));
    const before = await counts();
    const slug = randomUUID().slice(0, 8).replace(/^/, 's');
    const answers: Answer[] = [
      await write('POST', '/admin/v1/studios', { name: 'X', slug }),
      await write('POST', `${game}/archive`, {}, { 'if-match': '"1"' }),
      await write('PATCH', `${game}/settings`, { acceptClientScores: false }, { 'if-match': '"1"' }),
      await write('POST', '/admin/v1/auth/logout'),
      await write('POST', `${game}/api-keys`, { name: 'X', permissionSet: 'client_sdk', environment: 'live' }),
    ];
    for (const answer of answers) expect(verdictOf(answer)).toEqual([403, 'csrf_invalid']);
    expect(await counts()).toEqual(before);
    expect((await browser.call('GET', '/admin/v1/studios')).status).toBe(200);
  });

  const counts = () =>
    sut.ground.sql(
      'identity',
      `select (select count(*) from studio) as studios, (select sum(version) from game) as versions,
              (select count(*) from api_key) as keys, (select count(*) from member_session) as sessions,
              (select count(*) from audit_row) as audit`,
    );
});

describe('an access token', () => {
  it('acts as the member within its limits, without CSRF', async () => {
    const { token } = await mint(['game.read', 'settings.update']);
    const script = sender(sut, { authorization: `Bearer ${token}` });
    const read = await script('GET', game);
    expect([read.status, read.headers.get('ratelimit-limit')]).toEqual([200, '120']);
    const changed = await script('PATCH', game, { displayName: 'Renamed' }, { 'if-match': read.headers.get('etag')! });
    expect(changed.status).toBe(200);
    const refused = await script('GET', `${game}/api-keys`);
    expect(verdictOf(refused)).toEqual([403, 'forbidden']);
    expect(refused.json.error!.details).toEqual({ required: 'api_key.read' });
  });

  it('may not do what needs a member at the keyboard', async () => {
    const browser = await Browser.signIn(sut);
    const held = dataOf<{ permissions: { games: Record<string, Permission[]> } }>(
      await browser.call('GET', '/admin/v1/auth/session'),
    ).permissions.games[sut.scope.gameId]!;
    const { token, id } = await mint(held);
    const script = sender(sut, { authorization: `bearer ${token}` });
    const key = `${game}/api-keys/0198f0b2-0000-7000-8000-000000000000`;
    const newToken = { name: 'Another', expiresInDays: 1, permissions: [], gameIds: [] };
    const calls: [string, string, object?][] = [
      ['POST', `${game}/api-keys`, { name: 'X', permissionSet: 'client_sdk', environment: 'live' }],
      ['PATCH', key, { name: 'X' }],
      ['DELETE', key, { reason: 'because' }],
      ['POST', '/admin/v1/studios', { name: 'X', slug: 'x' }],
      ['DELETE', studio],
      ['GET', '/admin/v1/auth/session'],
      ['GET', '/admin/v1/auth/sessions'],
      ['DELETE', '/admin/v1/auth/sessions/0198f0b2-0000-7000-8000-000000000000'],
      ['POST', '/admin/v1/auth/logout'],
      ['POST', '/admin/v1/auth/password', { currentPassword: 'x', newPassword: 'y' }],
      ['GET', '/admin/v1/auth/tokens'],
      ['POST', '/admin/v1/auth/tokens', newToken],
      ['DELETE', `/admin/v1/auth/tokens/${id}`],
    ];
    for (const [method, path, body] of calls) {
      expect([path, ...verdictOf(await script(method, path, body))]).toEqual([path, 403, 'session_required']);
    }
  });

  it('dies with its row, and shows its text only once', async () => {
    const { id, token } = await mint(['game.read']);
    const browser = await Browser.signIn(sut);
    const list = await browser.call('GET', '/admin/v1/auth/tokens');
    expect(dataOf<AccessToken[]>(list).map((one) => one.id)).toContain(id);
    expect(list.text).not.toContain(token);
    expect((await browser.call('DELETE', `/admin/v1/auth/tokens/${id}`)).status).toBe(204);
    const answer = await sender(sut, { authorization: `Bearer ${token}` })('GET', game);
    expect(verdictOf(answer)).toEqual([401, 'session_invalid']);
  });

  it('gets 120 requests a minute', async () => {
    const { token } = await mint(['game.read']);
    const script = sender(sut, { authorization: `Bearer ${token}` });
    const answers = await Promise.all(Array.from({ length: 121 }, () => script('GET', '/admin/v1/permissions')));
    const refused = answers.filter(({ status }) => status === 429);
    expect(refused).toHaveLength(1);
    expect(refused[0]!.json.error).toMatchObject({ code: 'rate_limited', details: { bucket: 'admin', limit: 120 } });
    expect(Number(refused[0]!.headers.get('retry-after'))).toBeGreaterThan(0);
  });

  async function mint(permissions: Permission[]): Promise<AccessToken & { token: string }> {
    const browser = await Browser.signIn(sut);
    const wanted = { name: 'CI', expiresInDays: 30, permissions, gameIds: [sut.scope.gameId.toUpperCase()] };
    const answer = await browser.call('POST', '/admin/v1/auth/tokens', wanted);
    expect(answer.status).toBe(201);
    return dataOf(answer);
  }
});

describe('the first operator', () => {
  const code = 'x'.repeat(43);
  const form = {
    token: code,
    email: 'first@example.com',
    name: 'First',
    password: 'a long enough password',
    studioName: 'North Star',
  };
  let ground: Ground;
  let host: Host;
  let post: (body: object) => Promise<Answer>;
  let world: Pick<World, 'call'>;

  beforeAll(async () => {
    ground = await startGround({ services: ['identity'] });
    host = await startHost(['gateway', 'identity'], ground, {
      environment: { PUBLIC_ORIGIN: 'https://kraty.example' },
    });
    world = Object.assign(Object.create(World.prototype) as World, { system: { url: host.service('gateway').url! } });
    post = (body) => sender(world, {})('POST', '/admin/v1/auth/bootstrap', body);
    const hash = createHash('sha256').update(code).digest('hex');
    await ground.sql('identity', 'update bootstrap_token set token_hash = $1', [hash]);
  });

  afterAll(async () => {
    await host.stop();
    await ground.stop();
  });

  const required = async () => (await sender(world, {})('GET', '/admin/v1/auth/bootstrap')).json.data;

  it('is made once, by whoever holds the one-time code', async () => {
    expect(await required()).toEqual({ required: true });
    expect(verdictOf(await post({ ...form, token: 'wrong' }))).toEqual([401, 'invalid_credentials']);
    expect(verdictOf(await post({ ...form, password: 'short' }))).toEqual([400, 'validation_failed']);
    const made = await post(form);
    expect(made.status).toBe(201);
    expect(made.headers.get('set-cookie')).toContain('; Secure; ');
    expect(dataOf<object>(made)).toMatchObject({ member: { email: form.email }, csrfToken: expect.any(String) });
    expect(await required()).toEqual({ required: false });
    expect(verdictOf(await post(form))).toEqual([404, 'not_found']);
    const studios = await sender(world, { cookie: cookieOf(made) })('GET', '/admin/v1/studios');
    expect(dataOf<object[]>(studios)).toMatchObject([{ name: 'North Star', slug: 'north-star' }]);
  });
});

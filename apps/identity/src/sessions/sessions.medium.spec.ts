import {
  authenticateOperator,
  changePassword,
  createAccessToken,
  createApiKey,
  deleteAccessToken,
  endSession,
  listAccessTokens,
  listSessions,
  login,
  logout,
  planConfiguration,
  readBootstrap,
  readGame,
  readSession,
  type OpenedSession,
  type Operator,
} from '@kraty/contracts/identity';
import { admin, IdentityUnderTest, origin } from '../identity.fixture.js';
import { PasswordHasher } from './password-hasher.js';

let sut: IdentityUnderTest;

beforeAll(async () => {
  sut = await IdentityUnderTest.start();
});
afterAll(() => sut.stop());

const signIn = (email: string, password: string, ip = '10.0.0.1') =>
  sut.messenger.request(login, { email, password, totp: null, ...origin, ip });

async function operatorOf(
  session: OpenedSession,
  { csrfToken = session.csrfToken, unsafe = true } = {},
): Promise<Operator> {
  const credential = { kind: 'session' as const, token: session.token, csrfToken, unsafe };
  return (await sut.messenger.request(authenticateOperator, { credential, ...origin })).operator;
}

describe('the first operator', () => {
  it('is made by the environment and owns the studio "Default"', async () => {
    expect(await sut.messenger.request(readBootstrap, {})).toEqual({ required: false });
    const operator = await operatorOf(await sut.signIn());
    expect(await sut.studio(operator)).toMatchObject({ name: 'Default', slug: 'default' });
  });

  it('is not made again by the next start', async () => {
    await sut.restart({ BOOTSTRAP_ADMIN_EMAIL: 'other@example.com' });
    await expect(signIn('other@example.com', admin.password)).rejects.toMatchObject({ code: 'invalid_credentials' });
    await sut.signIn();
  });
});

describe('login', () => {
  it('opens a session with everything its owner may do', async () => {
    const session = await signIn(' Admin@Example.com ', admin.password);
    expect(session.token).toMatch(/^[A-Za-z0-9_-]{43}$/);
    const view = await sut.messenger.request(readSession, { token: session.token });
    expect(view).toMatchObject({ member: { email: admin.email, status: 'active' }, csrfToken: session.csrfToken });
    const [permissions] = Object.values(view.permissions.studios);
    expect(permissions).toContain('studio.delete');
  });

  it('tells a wrong password and an unknown email apart neither in words nor in work', async () => {
    const hasher = sut.running.app.get(PasswordHasher);
    const verify = hasher.verify.bind(hasher);
    const verified: (string | null)[] = [];
    hasher.verify = (stored, password) => {
      verified.push(stored);
      return verify(stored, password);
    };
    const refusal = async (email: string) => {
      const error = await signIn(email, 'a wrong password', '10.0.1.1').catch((thrown: unknown) => thrown);
      const { code, message, status, details } = error as Record<string, unknown>;
      return { code, message, status, details };
    };
    const known = await refusal(admin.email);
    expect(known).toMatchObject({ code: 'invalid_credentials', status: 401, details: undefined });
    expect(await refusal('nobody@example.com')).toEqual(known);
    // Without the second the answer would come at once.
    expect(verified).toEqual([expect.stringMatching(/^\$/), null]);
    hasher.verify = verify;
  });

  it('locks an email and address out at the sixth try, even with the right password, for 15 minutes', async () => {
    for (let tries = 0; tries < 5; tries += 1) {
      await expect(signIn(admin.email, 'wrong', '10.0.2.1')).rejects.toMatchObject({ code: 'invalid_credentials' });
    }
    const refusal = signIn(admin.email, admin.password, '10.0.2.1');
    await expect(refusal).rejects.toMatchObject({
      code: 'rate_limited',
      headers: { 'retry-after': expect.stringMatching(/^\d+$/) },
    });
    await signIn(admin.email, admin.password, '10.0.2.2');
    sut.clock.advance(15 * 60_000 + 1);
    await signIn(admin.email, admin.password, '10.0.2.1');
  });

  it('looks at five passwords and no more when a hundred come at once', async () => {
    const tries = Array.from({ length: 100 }, () =>
      signIn(admin.email, 'wrong', '10.0.4.1').catch((error: unknown) => error),
    );
    const codes = (await Promise.all(tries)).map((refusal) => (refusal as { code: string }).code);
    expect(codes.filter((code) => code === 'invalid_credentials').length).toBeLessThanOrEqual(5);
    expect(codes.filter((code) => code === 'rate_limited').length).toBeGreaterThanOrEqual(95);
  });

  it('starts to count anew after a success', async () => {
    for (let round = 0; round < 2; round += 1) {
      for (let tries = 0; tries < 4; tries += 1) await signIn(admin.email, 'wrong', '10.0.3.1').catch(() => undefined);
      await signIn(admin.email, admin.password, '10.0.3.1');
    }
  });
});

describe('a session', () => {
  it('needs its CSRF token for whatever is not a read', async () => {
    const session = await sut.signIn();
    await expect(operatorOf(session, { csrfToken: 'wrong' })).rejects.toMatchObject({
      code: 'csrf_invalid',
      status: 403,
    });
    await operatorOf(session, { csrfToken: 'wrong', unsafe: false });
    expect(await operatorOf(session)).toMatchObject({ email: admin.email, tokenId: null, limitedTo: null });
  });

  it('ends by logout', async () => {
    const session = await sut.signIn();
    await sut.messenger.request(logout, { operator: await operatorOf(session) });
    await expect(operatorOf(session)).rejects.toMatchObject({ code: 'session_invalid', status: 401 });
  });

  it('ends when idle for 12 hours', async () => {
    const session = await sut.signIn();
    sut.clock.advance(11 * 3_600_000);
    await operatorOf(session);
    sut.clock.advance(11 * 3_600_000);
    await operatorOf(session);
    sut.clock.advance(12 * 3_600_000);
    await expect(operatorOf(session)).rejects.toMatchObject({ code: 'session_invalid' });
  });

  it('is as idle as before while a stream of it is open', async () => {
    const { token, csrfToken } = await sut.signIn();
    const credential = { kind: 'session' as const, token, csrfToken, unsafe: false };
    const asked = { credential, ...origin, idle: true };
    sut.clock.advance(11 * 3_600_000);
    await sut.messenger.request(authenticateOperator, asked);
    sut.clock.advance(3_600_000);
    await expect(sut.messenger.request(authenticateOperator, asked)).rejects.toMatchObject({ code: 'session_invalid' });
  });

  it('is shown to its member, who may end others of it', async () => {
    const [mine, other] = [await sut.signIn(), await sut.signIn()];
    const operator = await operatorOf(mine);
    const sessions = await sut.messenger.request(listSessions, { operator });
    expect(sessions.filter(({ current }) => current)).toHaveLength(1);
    const otherId = (await operatorOf(other)).sessionId!;
    await sut.messenger.request(endSession, { operator, sessionId: otherId });
    await expect(operatorOf(other)).rejects.toMatchObject({ code: 'session_invalid' });
    await expect(sut.messenger.request(endSession, { operator, sessionId: otherId })).rejects.toMatchObject({
      code: 'not_found',
    });
  });

  it('is replaced, and all others end, when the password changes', async () => {
    const [mine, other] = [await sut.signIn(), await sut.signIn()];
    const operator = await operatorOf(mine);
    const change = (currentPassword: string, newPassword: string) =>
      sut.messenger.request(changePassword, { operator, currentPassword, newPassword });
    await expect(change('wrong', 'another long password')).rejects.toMatchObject({ code: 'invalid_credentials' });
    await expect(change(admin.password, 'short')).rejects.toMatchObject({ code: 'validation_failed' });
    const fresh = await change(admin.password, 'another long password');
    await operatorOf(fresh);
    for (const session of [mine, other])
      await expect(operatorOf(session)).rejects.toMatchObject({ code: 'session_invalid' });
    await sut.messenger.request(changePassword, {
      operator: await operatorOf(fresh),
      currentPassword: 'another long password',
      newPassword: admin.password,
    });
  });
});

describe('an access token', () => {
  it('acts as its member within what it lists, and never where a session is needed', async () => {
    const operator = await sut.operator();
    const [game, otherGame] = [await sut.game(operator), await sut.game(operator)];
    const { token, id } = await sut.messenger.request(createAccessToken, {
      operator,
      name: 'CI',
      expiresInDays: 30,
      permissions: ['game.read', 'api_key.create'],
      gameIds: [game.id],
    });
    expect(token).toMatch(/^at_[A-Za-z0-9_-]{43}$/);
    const authenticated = await sut.messenger.request(authenticateOperator, {
      credential: { kind: 'access_token', token },
      ...origin,
    });
    const place = { operator: authenticated.operator, studioId: game.studioId, gameId: game.id };
    expect(await sut.messenger.request(readGame, place)).toMatchObject({ id: game.id });
    await expect(sut.messenger.request(readGame, { ...place, gameId: otherGame.id })).rejects.toMatchObject({
      code: 'not_found',
    });
    const plan = sut.messenger.request(planConfiguration, { ...place, document: '{}', mode: 'merge' });
    await expect(plan).rejects.toMatchObject({ code: 'forbidden', details: { required: 'config.plan' } });
    const key = {
      name: 'Key',
      permissionSet: 'client_sdk' as const,
      environment: 'live' as const,
      expiresAt: null,
      rateLimits: null,
    };
    await expect(sut.messenger.request(createApiKey, { ...place, ...key })).rejects.toMatchObject({
      code: 'session_required',
    });

    expect(await sut.messenger.request(listAccessTokens, { operator })).toMatchObject([{ id, name: 'CI' }]);
    await sut.messenger.request(deleteAccessToken, { operator, accessTokenId: id });
    const again = sut.messenger.request(authenticateOperator, {
      credential: { kind: 'access_token', token },
      ...origin,
    });
    await expect(again).rejects.toMatchObject({ code: 'session_invalid' });
  });

  it('cannot list what its member does not hold', async () => {
    const operator = await sut.operator();
    const call = { operator, name: 'CI', expiresInDays: 400, permissions: ['game.fly' as never], gameIds: [] };
    await expect(sut.messenger.request(createAccessToken, call)).rejects.toMatchObject({
      code: 'validation_failed',
      details: { issues: [{ path: 'body.expiresInDays' }, { path: 'body.permissions[0]' }] },
    });
  });
});

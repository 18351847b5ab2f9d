import {
  apiKeyChanged,
  createApiKey,
  listApiKeys,
  resolveApiKey,
  revokeApiKey,
  touchApiKeys,
  updateApiKey,
  type CreateApiKey,
  type Game,
  type Operator,
} from '@kraty/contracts/identity';
import { sha256Hex, uuidV7 } from '@kraty/platform/ids';
import { eventually } from '@kraty/testing/harness';
import { IdentityUnderTest } from '../identity.fixture.js';

let sut: IdentityUnderTest;
let operator: Operator;
let game: Game;

beforeAll(async () => {
  sut = await IdentityUnderTest.start();
  operator = await sut.operator();
});
beforeEach(async () => {
  game = await sut.game(operator);
});
afterAll(() => sut.stop());

const place = () => ({ operator, studioId: game.studioId, gameId: game.id });

function create(more: Partial<CreateApiKey> = {}) {
  return sut.messenger.request(createApiKey, {
    ...place(),
    name: 'Game client',
    permissionSet: 'client_sdk',
    environment: 'live',
    expiresAt: null,
    rateLimits: null,
    ...more,
  });
}

const resolve = async (prefix: string) => (await sut.messenger.request(resolveApiKey, { prefix })).key;

describe('an API key', () => {
  it('is shown once; what is kept is a hash', async () => {
    const { key, plaintext } = await create({ rateLimits: { sdk_read: 100 } });
    const [prefix, secret] = plaintext.split('.') as [string, string];
    expect(key).toMatchObject({ prefix, status: 'active', createdBy: operator.email, rateLimits: { sdk_read: 100 } });
    expect(await resolve(prefix)).toEqual({
      id: key.id,
      prefix,
      secretHash: sha256Hex(secret),
      permissionSet: 'client_sdk',
      environment: 'live',
      studioId: game.studioId,
      gameId: game.id,
      expiresAt: null,
      rateLimits: { sdk_read: 100 },
    });
    const everything = await sut.ground.sql(
      'identity',
      'select to_jsonb(k)::text from api_key k union all select to_jsonb(a)::text from audit_row a',
    );
    expect(JSON.stringify(everything)).not.toContain(secret);
  });

  it('stops at once when it is revoked, and stays revoked', async () => {
    const { key } = await create();
    const told: boolean[] = [];
    const stop = sut.messenger.onFact(apiKeyChanged, (fact) => {
      if (fact.payload.keyId === key.id) told.push(fact.payload.revoked);
    });
    const revoke = () => sut.messenger.request(revokeApiKey, { ...place(), keyId: key.id, reason: 'it leaked' });
    await revoke();
    expect(await resolve(key.prefix)).toBeNull();
    await eventually(() => expect(told).toEqual([true]));
    await revoke();
    stop();
    const revoked = await sut.messenger.request(listApiKeys, { ...place(), environment: null, status: 'revoked' });
    expect(revoked).toMatchObject([{ id: key.id, status: 'revoked' }]);
    const rows = await sut.ground.sql(
      'identity',
      `select reason from audit_row where target_id = $1 and action = 'api_key.revoke'`,
      [key.id],
    );
    expect(rows).toEqual([{ reason: 'it leaked' }]);
  });

  it('counts as revoked past its date', async () => {
    const { key } = await create({ expiresAt: new Date(sut.clock.nowMs() + 60_000).toISOString() });
    expect(await resolve(key.prefix)).not.toBeNull();
    sut.clock.advance(60_000);
    expect(await resolve(key.prefix)).toBeNull();
    const [listed] = await sut.messenger.request(listApiKeys, { ...place(), environment: 'live', status: null });
    expect(listed).toMatchObject({ status: 'expired' });
  });

  it('takes another name and other limits', async () => {
    const { key } = await create();
    const changed = await sut.messenger.request(updateApiKey, {
      ...place(),
      keyId: key.id,
      rateLimits: { server_api: 0 },
    });
    expect(changed).toMatchObject({ name: 'Game client', rateLimits: { server_api: 0 } });
    expect((await resolve(key.prefix))?.rateLimits).toEqual({ server_api: 0 });
  });

  it('is marked as used at most once a minute', async () => {
    const { key } = await create();
    const touch = () => sut.messenger.request(touchApiKeys, { keyIds: [key.id, 'no-id'] });
    expect(await touch()).toEqual({ touched: 1 });
    expect(await touch()).toEqual({ touched: 0 });
    sut.clock.advance(60_000);
    expect(await touch()).toEqual({ touched: 1 });
  });

  it('is refused with all that is wrong with it', async () => {
    const bad = { name: ' ', expiresAt: '2020-01-01T00:00:00.000Z', rateLimits: { sdk_read: -1, other: 1 } as object };
    await expect(create(bad)).rejects.toMatchObject({
      details: {
        issues: [
          { path: 'body.name' },
          { path: 'body.expiresAt' },
          { path: 'body.rateLimits.sdk_read' },
          { path: 'body.rateLimits.other' },
        ],
      },
    });
  });

  it('of another game is not found', async () => {
    const { key } = await create();
    const otherGame = await sut.game(operator);
    const elsewhere = { ...place(), gameId: otherGame.id, keyId: key.id, reason: 'it leaked' };
    await expect(sut.messenger.request(revokeApiKey, elsewhere)).rejects.toMatchObject({ code: 'not_found' });
    const unknown = { ...place(), keyId: uuidV7(), reason: 'it leaked' };
    await expect(sut.messenger.request(revokeApiKey, unknown)).rejects.toMatchObject({ code: 'not_found' });
  });
});

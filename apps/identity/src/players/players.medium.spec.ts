import type { Scope } from '@kraty/contracts/common';
import {
  markSecretUsed,
  playerAccessChanged,
  readProfiles,
  registerPlayer,
  resolvePlayer,
  touchPlayers,
  type Game,
  type RegisterPlayer,
  type Registration,
} from '@kraty/contracts/identity';
import { sha256Hex, uuidV7 } from '@kraty/platform/ids';
import { eventually } from '@kraty/testing/harness';
import { DefaultPoolsStore } from '../default-pools/default-pools.store.js';
import { IdentityUnderTest, scopeOf } from '../identity.fixture.js';

let sut: IdentityUnderTest;
let game: Game;
let names = 0;

beforeAll(async () => {
  sut = await IdentityUnderTest.start();
  game = await sut.game(await sut.operator());
});
afterAll(() => sut.stop());

const newName = () => `player-${(names += 1)}`;

function register(externalPlayerId: string, more: Partial<RegisterPlayer> = {}): Promise<Registration> {
  const call = { scope: scopeOf(game), externalPlayerId, force: false, idempotencyKey: null, country: null, ...more };
  return sut.messenger.request(registerPlayer, call);
}

async function resolve(externalPlayerId: string, scope: Scope = scopeOf(game)) {
  return (await sut.messenger.request(resolvePlayer, { scope, externalPlayerId })).player;
}

describe('register', () => {
  it('makes the player, its secret and its name', async () => {
    const name = newName();
    const made = await register(name, { country: 'PT' });
    expect(made).toMatchObject({ externalPlayerId: name, country: 'PT', secretPrefix: made.secret.slice(0, 8) });
    expect(made.secret).toMatch(/^[A-Za-z0-9_-]{43}$/);
    const { name: drawn } = made.syntheticIdentity;
    expect(made.displayIdentity).toEqual({ name: drawn, avatar: null, country: 'PT' });
    expect(made.anonymizedIdentity).toEqual(made.displayIdentity);
    expect(await resolve(name)).toEqual({
      playerId: made.playerId,
      externalPlayerId: name,
      secretHash: sha256Hex(made.secret),
      secretUsed: false,
      bannedAt: null,
      country: 'PT',
      lockedBy: null,
    });
  });

  it('answers 201', async () => {
    const call = {
      scope: scopeOf(game),
      externalPlayerId: newName(),
      force: false,
      idempotencyKey: null,
      country: null,
    };
    expect((await sut.messenger.requestRaw(registerPlayer, call)).status).toBe(201);
  });

  it('keeps live and test players apart', async () => {
    const name = newName();
    const live = await register(name);
    const test = await register(name, { scope: scopeOf(game, 'test') });
    expect(test.playerId).not.toBe(live.playerId);
  });

  it('makes one player of concurrent first registrations: one 201, the others 409', async () => {
    const name = newName();
    const answers = await Promise.allSettled(Array.from({ length: 10 }, () => register(name)));
    expect(answers.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const answer of answers) {
      if (answer.status === 'rejected')
        expect(answer.reason).toMatchObject({ code: 'player_already_registered', status: 409 });
    }
    const where = 'select 1 from player where external_player_id = $1';
    expect(await sut.ground.sql('identity', where, [name])).toHaveLength(1);
  });

  it('refuses a registered player, forced under a live key or not', async () => {
    const name = newName();
    await register(name);
    await expect(register(name)).rejects.toMatchObject({ code: 'player_already_registered' });
    await expect(register(name, { force: true })).rejects.toMatchObject({ code: 'player_already_registered' });
  });

  it('rotates by force under a test key, tells the caches, and keeps the date of registration', async () => {
    const scope = scopeOf(game, 'test');
    const name = newName();
    const first = await register(name, { scope });
    const told: string[] = [];
    const stop = sut.messenger.onFact(playerAccessChanged, (fact) => void told.push(fact.payload.externalPlayerId));
    sut.clock.advance(1_000);
    const second = await register(name, { scope, force: true });
    expect(second).toMatchObject({ playerId: first.playerId, registeredAt: first.registeredAt });
    expect((await resolve(name, scope))?.secretHash).toBe(sha256Hex(second.secret));
    await eventually(() => expect(told).toContain(name));
    stop();
  });

  it('draws a name for players who are made, and for none whom it knows', async () => {
    const pools = sut.running.app.get(DefaultPoolsStore);
    const drawn: number[] = [];
    pools.draw = (tx, gameId, number) => {
      drawn.push(number);
      return DefaultPoolsStore.prototype.draw.call(pools, tx, gameId, number);
    };
    const [scope, name] = [scopeOf(game, 'test'), newName()];
    await register(name, { scope });
    await register(name, { scope, force: true });
    await expect(register(name, { scope })).rejects.toMatchObject({ code: 'player_already_registered' });
    Reflect.deleteProperty(pools, 'draw');
    expect(drawn).toHaveLength(1);
  });

  it('gives a new secret to the call whose answer was lost, and the old one dies', async () => {
    const name = newName();
    const first = await register(name, { idempotencyKey: 'k' });
    const second = await register(name, { idempotencyKey: 'k' });
    expect(second.secret).not.toBe(first.secret);
    expect({ ...second, secret: '', secretPrefix: '' }).toEqual({ ...first, secret: '', secretPrefix: '' });
    expect((await resolve(name))?.secretHash).toBe(sha256Hex(second.secret));
  });

  it('does not do so once the secret was used', async () => {
    const name = newName();
    const { playerId, secret } = await register(name, { idempotencyKey: 'k' });
    const secretHash = sha256Hex(secret);
    expect(await sut.messenger.request(markSecretUsed, { scope: scopeOf(game), playerId, secretHash })).toEqual({
      marked: true,
    });
    expect(await sut.messenger.request(markSecretUsed, { scope: scopeOf(game), playerId, secretHash })).toEqual({
      marked: false,
    });
    await expect(register(name, { idempotencyKey: 'k' })).rejects.toMatchObject({ code: 'player_already_registered' });
  });

  it('does not do so after ten minutes, counted from the first call', async () => {
    const name = newName();
    await register(name, { idempotencyKey: 'k' });
    sut.clock.advance(9 * 60_000);
    await register(name, { idempotencyKey: 'k' });
    sut.clock.advance(60_000);
    await expect(register(name, { idempotencyKey: 'k' })).rejects.toMatchObject({ code: 'player_already_registered' });
  });

  it('refuses a banned player without telling why', async () => {
    const name = newName();
    await register(name);
    await sut.ground.sql(
      'identity',
      `update player set banned_at = now(), ban_reason = 'cheats' where external_player_id = $1`,
      [name],
    );
    const refusal = await register(name).catch((error: unknown) => error);
    expect(refusal).toMatchObject({ code: 'player_banned', status: 403, details: { bannedAt: expect.any(String) } });
    expect(JSON.stringify(refusal)).not.toContain('cheats');
  });

  it('gives a player that was made without one its first secret', async () => {
    const name = newName();
    const { playerId } = await register(name);
    const forget = 'update player set secret_hash = null, registered_at = null where id = $1';
    await sut.ground.sql('identity', forget, [playerId]);
    expect(await register(name, { country: 'DE' })).toMatchObject({ playerId, country: 'DE' });
  });

  it('asks to come again while a merge holds the player', async () => {
    const name = newName();
    await register(name);
    await sut.ground.sql('identity', 'update player set locked_by = $2 where external_player_id = $1', [
      name,
      uuidV7(),
    ]);
    await expect(register(name)).rejects.toMatchObject({ status: 503, details: { reason: 'player_locked' } });
  });
});

describe('what others ask about players', () => {
  it('knows nobody under an unknown id or in another game', async () => {
    const name = newName();
    await register(name);
    expect(await resolve('nobody')).toBeNull();
    expect(await resolve(name, { ...scopeOf(game), gameId: uuidV7() })).toBeNull();
  });

  it('writes that a player was seen at most once in 60 seconds', async () => {
    const { playerId } = await register(newName());
    const seen = (seconds: number) => {
      const seenAt = new Date(sut.clock.nowMs() + seconds * 1_000).toISOString();
      return sut.messenger.request(touchPlayers, { players: [{ scope: scopeOf(game), playerId, seenAt }] });
    };
    expect(await seen(59)).toEqual({ touched: 0 });
    expect(await seen(60)).toEqual({ touched: 1 });
    expect(await seen(90)).toEqual({ touched: 0 });
  });

  it('shows profiles by id and leaves unknown ids out', async () => {
    const made = await register(newName());
    const playerIds = [made.playerId, uuidV7(), 'no-id'];
    const { profiles } = await sut.messenger.request(readProfiles, { scope: scopeOf(game), playerIds });
    expect(profiles).toEqual([
      {
        playerId: made.playerId,
        externalPlayerId: made.externalPlayerId,
        displayName: null,
        displayAvatar: null,
        anonymizedName: made.syntheticIdentity.name,
        anonymizedAvatar: null,
        country: null,
        metadata: {},
        revision: 1,
      },
    ]);
  });
});

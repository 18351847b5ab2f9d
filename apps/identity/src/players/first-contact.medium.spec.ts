import type { Scope } from '@kraty/contracts/common';
import {
  ensurePlayer,
  learnCountry,
  playerChanged,
  readProfiles,
  registerPlayer,
  type PlayerRecord,
} from '@kraty/contracts/identity';
import { IdentityUnderTest, scopeOf } from '../identity.fixture.js';

let sut: IdentityUnderTest;
let scope: Scope;
let names = 0;

beforeAll(async () => {
  sut = await IdentityUnderTest.start();
  scope = scopeOf(await sut.game(await sut.operator()));
});
afterAll(() => sut.stop());

const newName = () => `player-${(names += 1)}`;

async function ensure(externalPlayerId: string, country: string | null = null): Promise<PlayerRecord> {
  return (await sut.messenger.request(ensurePlayer, { scope, externalPlayerId, country })).player;
}

const learn = async (playerId: string, country: string) =>
  (await sut.messenger.request(learnCountry, { scope, playerId, country })).learnt;

const told = (playerId: string) =>
  sut.ground.sql<{ payload: string }>('identity', `select payload from outbox where subject = $1 and payload like $2`, [
    playerChanged.subject,
    `%${playerId}%`,
  ]);

describe('a first contact', () => {
  it('makes a player with a name and without a secret, and tells so once', async () => {
    const name = newName();
    const made = await ensure(name, 'PT');
    expect(made).toMatchObject({ externalPlayerId: name, secretHash: null, bannedAt: null, country: 'PT' });
    expect(await ensure(name, 'NZ')).toEqual(made);
    const { profiles } = await sut.messenger.request(readProfiles, { scope, playerIds: [made.playerId] });
    expect(profiles).toMatchObject([{ externalPlayerId: name, anonymizedName: expect.stringMatching(/./) }]);
    expect(await told(made.playerId)).toHaveLength(1);
  });

  it('makes one player, however many come at once, registrations among them', async () => {
    const externalPlayerId = newName();
    const registration = { scope, externalPlayerId, force: false, idempotencyKey: null, country: null };
    const calls = Array.from({ length: 10 }, () => ensure(externalPlayerId));
    const [registered, ...made] = await Promise.all([sut.messenger.request(registerPlayer, registration), ...calls]);
    expect(new Set(made.map(({ playerId }) => playerId))).toEqual(new Set([registered.playerId]));
    expect((await ensure(externalPlayerId)).secretHash).not.toBeNull();
  });

  it('knows the environments apart', async () => {
    const name = newName();
    const live = await ensure(name);
    const other = { scope: { ...scope, environment: 'test' as const }, externalPlayerId: name, country: null };
    expect((await sut.messenger.request(ensurePlayer, other)).player.playerId).not.toBe(live.playerId);
  });
});

describe('a country', () => {
  it('is given once, to whoever has none', async () => {
    const { playerId } = await ensure(newName());
    const learnt = await Promise.all(['PT', 'NZ', 'CL'].map((country) => learn(playerId, country)));
    expect(learnt.filter(Boolean)).toHaveLength(1);
    const { profiles } = await sut.messenger.request(readProfiles, { scope, playerIds: [playerId] });
    expect(['PT', 'NZ', 'CL'][learnt.indexOf(true)]).toBe(profiles[0]!.country);
    expect(profiles[0]!.revision).toBe(2);
    expect(await told(playerId)).toHaveLength(2);
  });

  it('is not given to a player of another game', async () => {
    const { playerId } = await ensure(newName());
    const other = scopeOf(await sut.game(await sut.operator()));
    const call = { scope: other, playerId, country: 'PT' };
    expect(await sut.messenger.request(learnCountry, call)).toEqual({ learnt: false });
  });
});

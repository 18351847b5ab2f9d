import { readPlayerTraits, registerPlayer, type Game } from '@kraty/contracts/identity';
import { uuidV7 } from '@kraty/platform/ids';
import { IdentityUnderTest, scopeOf } from '../identity.fixture.js';

let sut: IdentityUnderTest;
let game: Game;

beforeAll(async () => {
  sut = await IdentityUnderTest.start();
  game = await sut.game(await sut.operator());
});
afterAll(() => sut.stop());

describe('the traits of a player', () => {
  it('are the country the server resolved and the first time it was seen, in its own scope alone', async () => {
    const scope = scopeOf(game);
    const call = { scope, externalPlayerId: 'mira', force: false, idempotencyKey: null, country: 'PT' };
    const { playerId, registeredAt } = await sut.messenger.request(registerPlayer, call);
    const read = async (of: { playerId: string; scope?: typeof scope }) =>
      (await sut.messenger.request(readPlayerTraits, { scope, ...of })).traits;

    expect(await read({ playerId })).toEqual({ country: 'PT', firstSeenAt: registeredAt });
    expect(await read({ playerId, scope: { ...scope, environment: 'test' } })).toBeNull();
    expect(await read({ playerId, scope: { ...scope, gameId: uuidV7() } })).toBeNull();
    expect(await read({ playerId: uuidV7() })).toBeNull();
    expect(await read({ playerId: 'nobody' })).toBeNull();
  });
});

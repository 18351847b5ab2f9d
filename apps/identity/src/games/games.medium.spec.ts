import {
  archiveGame,
  createApiKey,
  createGame,
  createStudio,
  deleteStudio,
  gameChanged,
  listEnvironments,
  listGames,
  listStudios,
  readGame,
  readSettings,
  resolveApiKey,
  unarchiveGame,
  updateGame,
  updateSettings,
  updateStudio,
  type Operator,
} from '@kraty/contracts/identity';
import { uuidV7 } from '@kraty/platform/ids';
import { eventually } from '@kraty/testing/harness';
import { IdentityUnderTest } from '../identity.fixture.js';

let sut: IdentityUnderTest;
let operator: Operator;

beforeAll(async () => {
  sut = await IdentityUnderTest.start();
  operator = await sut.operator();
});
afterAll(() => sut.stop());

describe('a studio', () => {
  it('is opened by an owner, renamed and deleted', async () => {
    const studio = await sut.messenger.request(createStudio, { operator, name: ' Second ', slug: 'second' });
    expect(studio).toMatchObject({ name: 'Second', slug: 'second' });
    expect((await sut.messenger.request(listStudios, { operator })).map(({ slug }) => slug)).toEqual([
      'second',
      'default',
    ]);
    const taken = sut.messenger.request(updateStudio, { operator, studioId: studio.id, slug: 'default' });
    await expect(taken).rejects.toMatchObject({ code: 'conflict', details: { reason: 'slug_taken' } });
    await sut.messenger.request(createGame, { operator, studioId: studio.id, displayName: 'Game', slug: 'game' });
    const tooEarly = sut.messenger.request(deleteStudio, { operator, studioId: studio.id });
    await expect(tooEarly).rejects.toMatchObject({ details: { reason: 'games_not_archived' } });
    const [game] = await sut.messenger.request(listGames, { operator, studioId: studio.id });
    await sut.messenger.request(archiveGame, { operator, studioId: studio.id, gameId: game!.id, version: 1 });
    await sut.messenger.request(deleteStudio, { operator, studioId: studio.id });
    expect(await sut.messenger.request(listStudios, { operator })).toHaveLength(1);
    await sut.messenger.request(createStudio, { operator, name: 'Third', slug: 'second' });
  });

  it('does not exist for those who have no role in it', async () => {
    const call = { operator: { ...operator, memberId: uuidV7() }, studioId: (await sut.studio(operator)).id };
    await expect(sut.messenger.request(listGames, call)).rejects.toMatchObject({ code: 'not_found' });
  });
});

describe('a game', () => {
  it('has default settings, one version and two environments', async () => {
    const game = await sut.game(operator);
    const place = { operator, studioId: game.studioId, gameId: game.id };
    expect(game).toMatchObject({ version: 1, archivedAt: null });
    expect((await sut.messenger.request(readSettings, place)).settings).toMatchObject({
      inventoryManagement: 'platform',
    });
    const environments = await sut.messenger.request(listEnvironments, place);
    expect(environments).toEqual(
      ['live', 'test'].map((name) => ({ name, players: 0, apiKeys: 0, webhookEndpoints: 0, lastTrafficAt: null })),
    );
  });

  it('has a slug of its own in the studio', async () => {
    const { slug, studioId } = await sut.game(operator);
    const second = sut.messenger.request(createGame, { operator, studioId, displayName: 'Twin', slug });
    await expect(second).rejects.toMatchObject({ code: 'conflict', status: 409, details: { reason: 'slug_taken' } });
    const bad = sut.messenger.request(createGame, { operator, studioId, displayName: '', slug: 'not a slug' });
    await expect(bad).rejects.toMatchObject({
      details: { issues: [{ path: 'body.displayName' }, { path: 'body.slug' }] },
    });
  });

  it('is changed for the version the operator saw, and tells it', async () => {
    const game = await sut.game(operator);
    const place = { operator, studioId: game.studioId, gameId: game.id };
    const told: string[] = [];
    const stop = sut.messenger.onFact(gameChanged, (fact) => void told.push(fact.payload.settings.displayTimezone));
    const changed = await sut.messenger.request(updateSettings, {
      ...place,
      version: 1,
      changes: { displayTimezone: 'Europe/Lisbon', inventoryManagement: 'permissive' },
    });
    expect(changed).toMatchObject({
      version: 2,
      settings: { displayTimezone: 'Europe/Lisbon', anomalyRetentionDays: 180 },
    });
    await eventually(() => expect(told).toContain('Europe/Lisbon'));
    stop();
    const stale = sut.messenger.request(updateGame, { ...place, version: 1, displayName: 'Late' });
    await expect(stale).rejects.toMatchObject({ code: 'version_conflict', details: { currentVersion: 2 } });
    const renamed = await sut.messenger.request(updateGame, { ...place, version: 2, displayName: 'Renamed' });
    expect(renamed).toMatchObject({ displayName: 'Renamed', version: 3 });
  });

  it('stops its keys while it is archived', async () => {
    const game = await sut.game(operator);
    const place = { operator, studioId: game.studioId, gameId: game.id };
    const key = {
      name: 'Key',
      permissionSet: 'client_sdk' as const,
      environment: 'live' as const,
      expiresAt: null,
      rateLimits: null,
    };
    const { key: made } = await sut.messenger.request(createApiKey, { ...place, ...key });
    const resolved = async () => (await sut.messenger.request(resolveApiKey, { prefix: made.prefix })).key;
    expect(await resolved()).toMatchObject({ gameId: game.id });
    await sut.messenger.request(archiveGame, { ...place, version: 1 });
    expect(await resolved()).toBeNull();
    await sut.messenger.request(unarchiveGame, { ...place, version: 2 });
    expect(await resolved()).not.toBeNull();
    expect(await sut.messenger.request(readGame, place)).toMatchObject({ version: 3, archivedAt: null });
  });
});

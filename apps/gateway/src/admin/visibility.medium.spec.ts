import { gameRoles, type GameRole, type Operator } from '@kraty/contracts/identity';
import { World } from '@kraty/testing/world';
import { Browser, verdictOf } from './operators.fixture.js';

let sut: World;
let studio: string;
let game: string;
let otherGame: string;

beforeAll(async () => {
  sut = await World.start(['gateway', 'identity'], { environment: { LOG_LEVEL: 'error' } });
  studio = `/admin/v1/studios/${sut.scope.studioId}`;
  game = `${studio}/games/${sut.scope.gameId}`;
  const owner = await Browser.signIn(sut);
  const made = await owner.call('POST', `${studio}/games`, { displayName: 'Other', slug: 'other' });
  otherGame = `${studio}/games/${(made.json.data as unknown as { id: string }).id}`;
});

afterAll(async () => {
  await sut.stop();
});

/** A member with one role, made in the database because invitations are of a later feature. */
async function member(role: GameRole | null): Promise<Browser> {
  const operator: Operator = sut.operator;
  const email = `${role ?? 'nobody'}@example.com`.toLowerCase();
  const [row] = await sut.ground.sql<{ id: string }>(
    'identity',
    `insert into member (id, email, name, password_hash, status, created_at)
     select gen_random_uuid(), $1, $1, password_hash, status, created_at from member where id = $2 returning id`,
    [email, operator.memberId],
  );
  const { studioId, gameId } = sut.scope;
  const insert = 'insert into game_role (studio_id, game_id, member_id, role) values ($1, $2, $3, $4)';
  if (role !== null) await sut.ground.sql('identity', insert, [studioId, gameId, row!.id, role]);
  return Browser.signIn(sut, { email, password: 'a long enough password' });
}

describe('a member without a role', () => {
  it('sees neither studios nor games, and cannot tell them from ids that do not exist', async () => {
    const stranger = await member(null);
    expect((await stranger.call('GET', '/admin/v1/studios')).json).toEqual({ data: [], page: { nextCursor: null } });
    const nowhere = '/admin/v1/studios/0198f0b2-0000-7000-8000-000000000000';
    for (const rest of ['', '/games', '/audit', '/audit/verify']) {
      const [hidden, unknown] = [await stranger.call('GET', studio + rest), await stranger.call('GET', nowhere + rest)];
      expect(verdictOf(hidden)).toEqual([404, 'not_found']);
      expect(hidden.text).toBe(unknown.text);
    }
    for (const path of [game, `${game}/settings`, `${game}/api-keys`, `${game}/config/export`, `${studio}/games/x`]) {
      expect(verdictOf(await stranger.call('GET', path))).toEqual([404, 'not_found']);
    }
    expect(verdictOf(await stranger.call('POST', '/admin/v1/studios', { name: 'Mine', slug: 'mine' }))).toEqual([
      403,
      'forbidden',
    ]);
  });
});

describe('a member with a role in one game', () => {
  const needs: [string, string, string, object?][] = [
    ['GET', 'api-keys', 'api_key.read'],
    ['POST', 'api-keys', 'api_key.create', { name: 'X', permissionSet: 'client_sdk', environment: 'test' }],
    ['PATCH', 'settings', 'settings.update', {}],
    ['POST', 'archive', 'game.archive', {}],
    ['GET', 'audit', 'audit.read'],
    ['GET', 'config/export', 'config.export'],
    ['POST', 'config/apply', 'config.apply', { document: 'x', mode: 'merge', reason: 'because' }],
  ];
  const may: Record<GameRole, string[]> = {
    GAME_ADMIN: ['api_key.read', 'api_key.create', 'settings.update', 'audit.read', 'config.export', 'config.apply'],
    GAME_DESIGNER: ['config.export'],
    GAME_DEBUGGER: ['api_key.read', 'audit.read'],
    GAME_MODERATOR: [],
    GAME_VIEWER: [],
  };

  it.each(gameRoles)('%s is told which permission is missing', async (role) => {
    const browser = await member(role);
    for (const [method, rest, permission, body] of needs) {
      const answer = await browser.call(method, `${game}/${rest}`, body, { 'if-match': '"999"' });
      if (may[role].includes(permission)) {
        expect([rest, answer.status]).not.toEqual([rest, 403]);
      } else {
        expect([rest, ...verdictOf(answer)]).toEqual([rest, 403, 'forbidden']);
        expect(answer.json.error!.details).toEqual({ required: permission });
      }
    }
    expect((await browser.call('GET', game)).status).toBe(200);
    expect(verdictOf(await browser.call('GET', otherGame))).toEqual([404, 'not_found']);
    expect(verdictOf(await browser.call('DELETE', studio))).toEqual([403, 'forbidden']);
  });
});

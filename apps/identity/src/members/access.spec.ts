import { readFileSync } from 'node:fs';
import {
  gameRoles,
  permissionMatrix,
  permissions,
  roles,
  studioRoles,
  type GameRole,
  type Permission,
  type Role,
  type StudioRole,
} from '@kraty/contracts/identity';
import { judgeAccess, permissionsOf, type Standing } from './access.js';

const specification = new URL('../../../../docs/spec/04-admin-api.md', import.meta.url);

/** The table of 04 §3: a line names one permission or several, a dot gives it to the role of the column. */
function matrixOfTheText(): Map<Permission, Role[]> {
  const section = readFileSync(specification, 'utf8').split('## 3. Roles and permissions')[1]!.split('\n## 4.')[0]!;
  const matrix = new Map<Permission, Role[]>();
  for (const line of section.split('\n').filter((text) => text.startsWith('| `'))) {
    const [names, ...columns] = line.split('|').slice(1, -1);
    const holders = roles.filter((_, index) => columns[index]!.includes('●'));
    for (const [, name] of names!.matchAll(/`([a-z_]+\.[a-z_]+)`/g)) matrix.set(name as Permission, holders);
  }
  return matrix;
}

const gameId = 'game';
const anyRole = (role: Role): Standing =>
  (studioRoles as readonly Role[]).includes(role)
    ? { studioRole: role as StudioRole, gameRoles: [] }
    : { studioRole: null, gameRoles: [{ gameId, role: role as GameRole }] };

const demand = (permission: Permission, of: string | null = gameId) => ({ permission, gameId: of, sessionOnly: false });

describe('the permission matrix', () => {
  const text = matrixOfTheText();

  it('names the permissions of 04 §3', () => {
    expect([...permissions].sort()).toEqual([...text.keys()].sort());
    expect(permissionMatrix().permissions).toHaveLength(text.size);
  });

  it.each(roles)('lets %s do what 04 §3 says, and nothing else', (role) => {
    const allowed = permissions.filter((permission) => text.get(permission)!.includes(role));
    const granted = permissions.filter(
      (permission) => judgeAccess(anyRole(role), null, demand(permission)) === 'granted',
    );
    expect(granted).toEqual(allowed);
    expect(permissionsOf(anyRole(role), gameId)).toEqual(allowed);
  });
});

describe('judgeAccess', () => {
  const owner: Standing = { studioRole: 'STUDIO_OWNER', gameRoles: [] };

  it('hides studios and games from those who have no role there', () => {
    const nobody: Standing = { studioRole: null, gameRoles: [] };
    const elsewhere: Standing = { studioRole: null, gameRoles: [{ gameId: 'other', role: 'GAME_ADMIN' }] };
    expect(judgeAccess(nobody, null, demand('game.read'))).toBe('invisible');
    expect(judgeAccess(elsewhere, null, demand('game.read'))).toBe('invisible');
  });

  it.each(gameRoles)('shows the studio, but not its other games, to %s of one game', (role) => {
    const standing = anyRole(role);
    expect(judgeAccess(standing, null, demand('studio.read', null))).toBe('granted');
    expect(judgeAccess(standing, null, demand('audit.read', null))).toBe('forbidden');
  });

  it('gives the roles of both levels together', () => {
    const standing: Standing = { studioRole: 'STUDIO_AUDITOR', gameRoles: [{ gameId, role: 'GAME_MODERATOR' }] };
    expect(judgeAccess(standing, null, demand('player.ban'))).toBe('granted');
    expect(judgeAccess(standing, null, demand('audit.read'))).toBe('granted');
    expect(judgeAccess(standing, null, demand('player.ban', 'other'))).toBe('forbidden');
  });

  it('holds an access token to its permissions and games', () => {
    const limits = { permissions: ['config.plan' as const], gameIds: [gameId] };
    expect(judgeAccess(owner, limits, demand('config.plan'))).toBe('granted');
    expect(judgeAccess(owner, limits, demand('config.apply'))).toBe('forbidden');
    expect(judgeAccess(owner, limits, demand('config.plan', 'other'))).toBe('invisible');
  });

  it('refuses every access token where a session is needed', () => {
    const limits = { permissions: [...permissions], gameIds: [gameId] };
    expect(judgeAccess(owner, limits, { ...demand('api_key.create'), sessionOnly: true })).toBe('session_required');
  });
});

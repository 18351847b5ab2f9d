import {
  permissions,
  roleHas,
  type GameRole,
  type Operator,
  type Permission,
  type StudioRole,
} from '@kraty/contracts/identity';

/** A member's roles in one studio. */
export interface Standing {
  studioRole: StudioRole | null;
  gameRoles: { gameId: string; role: GameRole }[];
}

export type Access = 'granted' | 'invisible' | 'forbidden' | 'session_required';

export interface Demand {
  permission: Permission;
  /** Null for what concerns the whole studio. */
  gameId: string | null;
  sessionOnly: boolean;
}

/** A role in one game opens these for its studio, too; anything else there would show the other games. */
const heldThroughGames: readonly Permission[] = ['studio.read', 'member.read', 'game.read'];

/** What a member may do (04 §§1–3). A studio or game where the member has no role does not exist for it. */
export function judgeAccess(standing: Standing, limitedTo: Operator['limitedTo'], demand: Demand): Access {
  if (!isVisible(standing, demand.gameId) || isOutOfReach(limitedTo, demand.gameId)) return 'invisible';
  if (!holds(standing, demand.permission, demand.gameId)) return 'forbidden';
  if (limitedTo === null) return 'granted';
  if (demand.sessionOnly) return 'session_required';
  return limitedTo.permissions.includes(demand.permission) ? 'granted' : 'forbidden';
}

/** Everything the member may do in the studio itself, or in one of its games. */
export function permissionsOf(standing: Standing, gameId: string | null): Permission[] {
  return permissions.filter((permission) => holds(standing, permission, gameId));
}

function isVisible(standing: Standing, gameId: string | null): boolean {
  if (standing.studioRole !== null) return true;
  return standing.gameRoles.some((role) => gameId === null || role.gameId === gameId);
}

function holds({ studioRole, gameRoles }: Standing, permission: Permission, gameId: string | null): boolean {
  if (studioRole !== null && roleHas(studioRole, permission)) return true;
  if (gameId === null && !heldThroughGames.includes(permission)) return false;
  return gameRoles.some((role) => (gameId === null || role.gameId === gameId) && roleHas(role.role, permission));
}

/** An access token reaches the games it lists. */
function isOutOfReach(limitedTo: Operator['limitedTo'], gameId: string | null): boolean {
  return limitedTo !== null && gameId !== null && !limitedTo.gameIds.includes(gameId);
}

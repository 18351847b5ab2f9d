/** Roles in a studio; each holds in every game of it. */
export const studioRoles = ['STUDIO_OWNER', 'STUDIO_ADMIN', 'STUDIO_AUDITOR'] as const;
/** Roles in one game. */
export const gameRoles = ['GAME_ADMIN', 'GAME_DESIGNER', 'GAME_DEBUGGER', 'GAME_MODERATOR', 'GAME_VIEWER'] as const;

export type StudioRole = (typeof studioRoles)[number];
export type GameRole = (typeof gameRoles)[number];
export type Role = StudioRole | GameRole;

export const roles: readonly Role[] = [...studioRoles, ...gameRoles];

const [SO, SA, AU] = studioRoles;
const [GA, GD, GB, GM, GV] = gameRoles;

const everyone = [SO, SA, AU, GA, GD, GB, GM, GV] as const;
const studioManagers = [SO, SA] as const;
const managers = [SO, SA, GA] as const;
const designers = [SO, SA, GA, GD] as const;
const supporters = [SO, SA, GA, GB] as const;
const moderators = [SO, SA, GA, GB, GM] as const;
const players = [SO, SA, GA, GD, GB, GM, GV] as const;

/** The matrix of 04 §3, the one source of the server, the gateway and the portal. A spec compares it with the text. */
export const permissionRoles = {
  'studio.read': everyone,
  'studio.update': studioManagers,
  'member.invite': studioManagers,
  'member.update': studioManagers,
  'member.remove': studioManagers,
  'studio.delete': [SO],
  'game.create': studioManagers,
  'game.archive': studioManagers,
  'member.read': [SO, SA, AU, GA],
  'member.assign_game_role': managers,
  'game.read': everyone,
  'settings.read': everyone,
  'event.read': everyone,
  'leaderboard.read': everyone,
  'lobby.read': everyone,
  'bot.read': everyone,
  'catalog.read': everyone,
  'reward.read': everyone,
  'stats.read': everyone,
  'settings.update': managers,
  'test_env.reset': managers,
  'api_key.read': [SO, SA, AU, GA, GB],
  'api_key.create': managers,
  'api_key.revoke': managers,
  'event.create': designers,
  'event.update': designers,
  'event.archive': designers,
  'event.transition': designers,
  'window.override': designers,
  'event.finalize': managers,
  'event.preview': [SO, SA, GA, GD, GB, GV],
  'bot.simulate': [SO, SA, GA, GD, GB, GV],
  'reward.simulate': [SO, SA, GA, GD, GB, GV],
  'leaderboard.manage': designers,
  'bot.manage': designers,
  'identity_pool.manage': designers,
  'catalog.manage': designers,
  'reward.manage': designers,
  'leaderboard.entry_remove': [SO, SA, GA, GM],
  'lobby.control': supporters,
  'webhook.read': [SO, SA, AU, GA, GD, GB],
  'webhook.manage': managers,
  'webhook.replay': supporters,
  'player.read': players,
  'player.read_email': moderators,
  'player.ban': moderators,
  'player.unban': moderators,
  'player.set_identity': moderators,
  'player.set_metadata': supporters,
  'player.merge': managers,
  'player.secret_rotate': managers,
  'player.export': managers,
  'player.delete': managers,
  'attempt.force_complete': supporters,
  'grant.retry_reward_roll': supporters,
  'grant.manual_create': managers,
  'grant.manual_force_claim': supporters,
  'wallet.manual_credit': managers,
  'wallet.manual_debit': managers,
  'inventory.manual_grant': managers,
  'inventory.manual_revoke': managers,
  'anomaly.read': players,
  'anomaly.review': moderators,
  'audit.read': [SO, SA, AU, GA, GB],
  'audit.export': [SO, SA, AU, GA],
  'config.export': designers,
  'config.plan': designers,
  'config.apply': managers,
} as const satisfies Record<string, readonly Role[]>;

export type Permission = keyof typeof permissionRoles;

export const permissions = Object.keys(permissionRoles) as Permission[];

/** The reply of `GET /admin/v1/permissions`. */
export function permissionMatrix(): { roles: Role[]; permissions: { name: Permission; roles: Role[] }[] } {
  return {
    roles: [...roles],
    permissions: permissions.map((name) => ({ name, roles: [...permissionRoles[name]] })),
  };
}

/** True when the role may do it. */
export function roleHas(role: Role, permission: Permission): boolean {
  return (permissionRoles[permission] as readonly Role[]).includes(role);
}

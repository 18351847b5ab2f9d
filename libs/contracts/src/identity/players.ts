import type { Iso, Json, Scope } from '../common/index.js';
import { fact, request } from '../messages/index.js';

export interface PlayerIdentity {
  name: string;
  avatar: string | null;
  country: string | null;
}

/** What the gateway needs to authenticate a player without a round trip. Never leaves the services. */
export interface PlayerRecord {
  playerId: string;
  externalPlayerId: string;
  /** SHA-256 (hex) of the player secret; null = known but never registered. */
  secretHash: string | null;
  /** False until an authenticated call has used the present secret (02 §9, the replay of a registration). */
  secretUsed: boolean;
  bannedAt: Iso | null;
  /** Resolved once, from the caller's address, by whoever finds none (12 §9). */
  country: string | null;
  /** Id of the running merge or erasure that freezes the player (01 §4.7). */
  lockedBy: string | null;
}

/** Null for a player the game and environment do not know. */
export const resolvePlayer = request<{ scope: Scope; externalPlayerId: string }, { player: PlayerRecord | null }>(
  'identity',
  'resolve-player',
);

export interface RegisterPlayer {
  scope: Scope;
  externalPlayerId: string;
  /** Honoured by keys of the test environment only. */
  force: boolean;
  idempotencyKey: string | null;
  country: string | null;
}

/** 201 body of register (02 §9). The only place, besides rotate, where a secret leaves the server. */
export interface Registration {
  playerId: string;
  externalPlayerId: string;
  secret: string;
  secretPrefix: string;
  registeredAt: Iso;
  country: string | null;
  syntheticIdentity: { name: string; avatar: string | null };
  displayIdentity: PlayerIdentity;
  anonymizedIdentity: PlayerIdentity;
}

/** Errors: `player_already_registered`, `player_banned`. */
export const registerPlayer = request<RegisterPlayer, Registration>('identity', 'register-player');

/**
 * The player, made without a secret when the game and environment do not know it: the first contact of a start where
 * no player secrets are required (12 §2). Concurrent first contacts make one player.
 */
export const ensurePlayer = request<
  { scope: Scope; externalPlayerId: string; country: string | null },
  { player: PlayerRecord }
>('identity', 'ensure-player');

/** Gives a player without a country this one; whoever has one keeps it (12 §9). */
export const learnCountry = request<{ scope: Scope; playerId: string; country: string }, { learnt: boolean }>(
  'identity',
  'learn-country',
);

/**
 * Records that an authenticated call has used the secret whose hash this is.
 * The gateway waits for it before it serves the first such call, so that no replay can kill a secret in use.
 */
export const markSecretUsed = request<{ scope: Scope; playerId: string; secretHash: string }, { marked: boolean }>(
  'identity',
  'mark-secret-used',
);

/** Moves `lastSeenAt`; callers send a player at most once in 60 s (12 §5). At most 1 000 a call. */
export const touchPlayers = request<
  { players: { scope: Scope; playerId: string; seenAt: Iso }[] },
  { touched: number }
>('identity', 'touch-players');

/** The public face of a player; other contexts keep a copy. */
export interface PlayerProfile {
  playerId: string;
  externalPlayerId: string;
  displayName: string | null;
  displayAvatar: string | null;
  anonymizedName: string;
  anonymizedAvatar: string | null;
  country: string | null;
  metadata: Json;
}

/** Profiles by internal id, unknown ids left out. At most 200 a call. */
export const readProfiles = request<
  { scope: Scope; playerIds: string[] },
  { profiles: (PlayerProfile & { revision: number })[] }
>('identity', 'read-profiles');

/**
 * A player was made, renamed, or given other attributes. Revision = the player row's revision.
 * Caches of authentication drop the player named by `externalPlayerId`, too.
 */
export const playerChanged = fact<PlayerProfile>('identity', 'player', 'changed', 'state');

/** The secret, the ban or the lock of a player changed: whoever caches the record drops it at once. */
export const playerAccessChanged = fact<{ playerId: string; externalPlayerId: string }>(
  'identity',
  'player',
  'access-changed',
  'state',
);

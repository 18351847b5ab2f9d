import type { Environment, Iso } from '../common/index.js';
import { fact, request } from '../messages/index.js';
import type { Operator } from './operators.js';

export type InventoryManagement = 'platform' | 'studio' | 'permissive';

/** Settings of a game (04 §10); null = the platform's default. */
export interface GameSettings {
  displayName: string;
  slug: string;
  /** Days, 1–3650; null = the installation's GRANT_DEFAULT_TTL_DAYS, itself unset = grants never expire. */
  grantDefaultTtlDays: number | null;
  displayTimezone: string;
  inventoryManagement: InventoryManagement;
  acceptClientScores: boolean;
  allowClientIdentity: boolean;
  anomalyRetentionDays: number;
  /** Pool of names for bots without one of their own, and for new players until they choose theirs; null = the built-in one. */
  defaultIdentityPoolKey: string | null;
}

export interface GameState {
  gameId: string;
  studioId: string;
  archivedAt: Iso | null;
  settings: GameSettings;
}

/** A game was created, archived, or its settings changed. Revision = the game's version. */
export const gameChanged = fact<GameState>('identity', 'game', 'changed', 'state');

export interface Game {
  id: string;
  studioId: string;
  displayName: string;
  slug: string;
  /** Sent back as `If-Match`. */
  version: number;
  archivedAt: Iso | null;
  createdAt: Iso;
}

interface OneGame {
  operator: Operator;
  studioId: string;
  gameId: string;
}

/** A change of a game names the version it was made for: `If-Match`. */
interface ChangeOfGame extends OneGame {
  version: number;
}

/** `game.read`; games in which the member has a role. */
export const listGames = request<{ operator: Operator; studioId: string }, Game[]>('identity', 'list-games');

/** `game.create`. Errors: `conflict` (slug_taken). */
export const createGame = request<{ operator: Operator; studioId: string; displayName: string; slug: string }, Game>(
  'identity',
  'create-game',
);

/** `game.read`. */
export const readGame = request<OneGame, Game>('identity', 'read-game');

/** `settings.update`. Errors: `conflict` (slug_taken), `version_conflict`. */
export const updateGame = request<ChangeOfGame & { displayName?: string; slug?: string }, Game>(
  'identity',
  'update-game',
);

/** `game.archive`; every key of the game stops at once. Errors: `version_conflict`. */
export const archiveGame = request<ChangeOfGame, Game>('identity', 'archive-game');

/** `game.archive`. Errors: `version_conflict`. */
export const unarchiveGame = request<ChangeOfGame, Game>('identity', 'unarchive-game');

export interface GameEnvironment {
  name: Environment;
  players: number;
  apiKeys: number;
  webhookEndpoints: number;
  lastTrafficAt: Iso | null;
}

/** `game.read`; exactly two. */
export const listEnvironments = request<OneGame, GameEnvironment[]>('identity', 'list-environments');

export interface SettingsView {
  settings: GameSettings;
  version: number;
}

/** `settings.read`. */
export const readSettings = request<OneGame, SettingsView>('identity', 'read-settings');

/** `settings.update`; absent fields stay. Errors: `conflict` (slug_taken), `version_conflict`. */
export const updateSettings = request<ChangeOfGame & { changes: Partial<GameSettings> }, SettingsView>(
  'identity',
  'update-settings',
);

/** Data made by play exists once per environment; definitions are common to both (01 §2). */
export type Environment = 'live' | 'test';

export const environments: readonly Environment[] = ['live', 'test'];

/** The game a definition belongs to. */
export interface GameScope {
  studioId: string;
  gameId: string;
}

/** Where a row made by play lives. Comes from the API key alone, never from a path or a body (01 §1). */
export interface Scope extends GameScope {
  environment: Environment;
}

/** A player the gateway has authenticated or looked up. */
export interface PlayerRef {
  /** Internal id, shown on boards as `participantId`. */
  playerId: string;
  /** The game's own id of the player (01 §11). */
  externalPlayerId: string;
}

/** The bounded contexts; each is one service with one schema. */
export const contexts = ['identity', 'events', 'leaderboards', 'grants', 'economy'] as const;
export type Context = (typeof contexts)[number];

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

/** Id of no player: what a read of an unknown player asks for where no player secrets are required (01 §3). */
export const nobodyId = '00000000-0000-0000-0000-000000000000';

/** The bounded contexts; each is one service with one schema. */
export const contexts = ['identity', 'events', 'leaderboards', 'grants', 'economy'] as const;
export type Context = (typeof contexts)[number];

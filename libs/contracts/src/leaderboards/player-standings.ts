import type { Json, Scope } from '../common/index.js';
import { request } from '../messages/index.js';

/** A write of a player, and every board it counts on. */
export interface ReadPlayerStandings {
  scope: Scope;
  playerId: string;
  /** The board of the event's window. */
  eventLeaderboardId: string;
  /** Keys of configured boards; those nobody knows, and those the write does not count on, are passed over. */
  contributesTo: string[];
  /** Context of the attempt, for boards split by context. */
  playerContext: Json | null;
  /** Server time of the write, epoch ms: it decides the period. */
  writtenAtMs: number;
}

export interface PlayerStanding {
  leaderboardId: string;
  score: number;
  rank: number;
}

/** Where the player stands now: the event's board, then the configured ones in order; boards without a row are left out. */
export const readPlayerStandings = request<ReadPlayerStandings, { boards: PlayerStanding[] }>(
  'leaderboards',
  'read-player-standings',
);

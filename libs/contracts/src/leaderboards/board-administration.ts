import type { GameScope, Iso, Localized, Scope } from '../common/index.js';
import type { Operator } from '../identity/operators.js';
import { request } from '../messages/index.js';
import type { BoardEntry } from './index.js';

export type RankedListKind = 'leaderboard' | 'event_leaderboard';

/** A live ranked list as operators see it (04 §6). */
export interface RankedList {
  /** Of the event board, or of the board the game has defined. */
  leaderboardId: string;
  kind: RankedListKind;
  /** Key of a defined board, else null. */
  key: string | null;
  eventKey: string | null;
  windowId: string | null;
  segment: string | null;
  /** Start of the period of a defined board, else null. */
  period: Iso | null;
  participants: number;
  topScore: number | null;
  finalized: boolean;
}

export interface ListRankedLists {
  scope: Scope;
  kind: RankedListKind | null;
  /** Part of the key of board or event, in any case. */
  q: string | null;
  limit: number;
  cursor: string | null;
}

/** Live lists of the environment, those opened last first. Errors: `validation_failed` (cursor). */
export const listRankedLists = request<ListRankedLists, { boards: RankedList[]; nextCursor: string | null }>(
  'leaderboards',
  'list-ranked-lists',
);

/** Names one list: an event board by its id, a part of a defined board by the board's id, period and segment. */
export interface NamedList {
  scope: Scope;
  leaderboardId: string;
  /** Null = the running period. */
  period: Iso | null;
  segment: string | null;
}

/** The index is discarded and made anew from the rows. Errors: `not_found`, `conflict` (not_live). */
export const rebuildRankedList = request<NamedList & { operator: Operator }, { auditId: string }>(
  'leaderboards',
  'rebuild-ranked-list',
);

export interface ScoreBucket {
  /** Included, but for the last bucket's `to` excluded at the other end. */
  from: number;
  to: number;
  players: number;
  bots: number;
}

/** How the scores of a list are spread, 5 … 100 buckets of one width. Errors: `not_found`. */
export const readScoreDistribution = request<NamedList & { buckets: number }, { buckets: ScoreBucket[] }>(
  'leaderboards',
  'read-score-distribution',
);

/** A row as operators see it: with what players are not told. */
export interface InspectedEntry extends BoardEntry {
  externalPlayerId: string | null;
  /** Of bots. */
  botKey: string | null;
  slot: number | null;
}

export interface InspectedList {
  leaderboardId: string;
  segment: string | null;
  /** Start of the period of a defined board, else null. */
  period: Iso | null;
  finalized: boolean;
  participants: number;
  entries: InspectedEntry[];
}

/**
 * Rows from the top, or those around a player, who stands in their middle as far as the list allows; 1 … 200.
 * Errors: `not_found` (of the list, or the player on it).
 */
export const inspectRankedList = request<NamedList & { limit: number; aroundPlayerId: string | null }, InspectedList>(
  'leaderboards',
  'inspect-ranked-list',
);

export interface RemovedEntry {
  participantId: string;
  /** As it stood when it was taken off. */
  score: number;
  /** False: it had been taken off before. */
  applied: boolean;
  /** Null when nothing was done. */
  auditId: string | null;
}

/**
 * Takes a participant off a live list for as long as the list lives, whatever it reaches afterwards.
 * Errors: `not_found`, `conflict` (finalized).
 */
export const removeEntry = request<
  NamedList & { participantId: string; reason: string; operator: Operator },
  RemovedEntry
>('leaderboards', 'remove-entry');

export interface Contributor {
  key: string;
  name: Localized;
  status: string;
}

/** Events that name a defined board in `contributesTo`, by key. Errors: `not_found`. */
export const listContributors = request<{ game: GameScope; id: string }, { events: Contributor[] }>(
  'leaderboards',
  'list-contributors',
);

export interface BoardHistory {
  series: { participantId: string; name: string | null; points: { at: Iso; score: number; rank: number }[] }[];
}

/**
 * The top of a list as it was looked at every half minute while it lived, a week back at most; and of one player, for as
 * long as it was among the first 20. Errors: `not_found`.
 */
export const readBoardHistory = request<
  NamedList & { top: number; playerId: string | null; rangeMs: number },
  BoardHistory
>('leaderboards', 'read-board-history');

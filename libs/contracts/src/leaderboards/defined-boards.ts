import type { Idempotency, Iso, PlayerRef, Scope } from '../common/index.js';
import type { ScoreAggregation } from '../events/boards.js';
import { request } from '../messages/index.js';
import type { ResetCadence } from './configured-boards.js';
import type { BoardEntry, BoardView, EventBoardView, ProgressionLimits } from './index.js';

/** Head of the reply to a read of a board the game has defined (02 §7.3). */
export interface DefinedBoardHead {
  key: string;
  leaderboardId: string;
  /** Same value, read by older libraries. */
  sharedLeaderboardId: string;
  scope: 'game' | 'studio';
  resetCadence: ResetCadence;
  scoreAggregation: ScoreAggregation;
  /** Null on a board that is not split. */
  segment: string | null;
  /** Start of the period read. */
  period: Iso;
}

/** 200 body of a read (02 §0). */
export interface DefinedBoard extends DefinedBoardHead {
  entries: BoardEntry[];
  self: { rank: number; score: number } | null;
  progression?: ProgressionLimits;
  joined?: true;
}

export type DefinedBoardView = BoardView<DefinedBoardHead>;

interface AskedPeriod {
  scope: Scope;
  key: string;
  /** Start of a period; null = the running one. */
  period: Iso | null;
  /** Internal id of the caller's player; null = none was named, or nobody knows it. */
  playerId: string | null;
  progression: string[];
}

export interface ReadDefinedBoard extends AskedPeriod {
  segment: string | null;
  /** The caller named a player, if one that nobody knows. */
  namesPlayer: boolean;
  /** 1 … 200. */
  limit: number;
  /** True: `self` and the own row are wanted. */
  includeSelf: boolean;
  knownView: string | null;
}

/** Errors: `not_found`, `validation_failed` (segment). */
export const readDefinedBoard = request<ReadDefinedBoard, DefinedBoardView>('leaderboards', 'read-defined-board');

export type StandingsScope = 'self_segment' | 'mine' | 'segment' | 'all';

export interface ReadStandings extends AskedPeriod {
  segments: StandingsScope;
  segment: string | null;
  /** Rows a segment, 1 … 200. */
  limit: number;
  /** 1 … 100. */
  maxSegments: number;
  /** Shown to the caller on its own rows. */
  externalPlayerId: string | null;
}

/** 02 §7.4. */
export interface Standings extends Omit<DefinedBoardHead, 'segment'> {
  segments: { segment: string | null; participated: boolean; selfRank: number | null; entries: BoardEntry[] }[];
  segmentsTruncated: boolean;
}

/** Errors: `not_found`, `validation_failed` (segment). */
export const readStandings = request<ReadStandings, Standings>('leaderboards', 'read-standings');

/** 02 §7.5. */
export interface BoardPeriods {
  key: string;
  leaderboardId: string;
  sharedLeaderboardId: string;
  currentPeriodStartedAt: Iso;
  periods: { periodStartedAt: Iso; periodEndedAt: Iso }[];
}

/** Closed periods that had entries, newest first, at most 100. Errors: `not_found`. */
export const readBoardPeriods = request<{ scope: Scope; key: string; limit: number }, BoardPeriods>(
  'leaderboards',
  'read-board-periods',
);

interface Joining {
  scope: Scope;
  player: PlayerRef;
  limit: number;
}

interface JoiningDefined extends Joining {
  /** What the request tells of the player's country, which may still be on its way from identity (12 §9). */
  country: string | null;
  key: string;
  segment: string | null;
}

/** Stands the player on the board without a score. Errors: `not_found`, `validation_failed` (segment). */
export const joinDefinedBoard = request<JoiningDefined, DefinedBoardView>('leaderboards', 'join-defined-board');

/** Errors: `not_found`, `conflict` (board_closed, not_placed). */
export const joinEventBoard = request<Joining & { leaderboardId: string }, EventBoardView>(
  'leaderboards',
  'join-event-board',
);

export interface SubmitScore {
  scope: Scope;
  player: PlayerRef;
  /** As in a join. */
  country: string | null;
  key: string;
  /** Within ±10^15. */
  value: number;
  segment: string | null;
  /** A game may take scores from its servers only (06 §13). */
  surface: 'client' | 'server';
  idempotency: Idempotency | null;
}

export interface SubmittedScore {
  leaderboardId: string;
  /** On the board after its aggregation. */
  score: number;
  rank: number | null;
}

/** Errors, in this order: `not_found`, `client_scoring_disabled`, `score_not_supported`, `validation_failed` (segment). */
export const submitScore = request<SubmitScore, SubmittedScore>('leaderboards', 'submit-score');

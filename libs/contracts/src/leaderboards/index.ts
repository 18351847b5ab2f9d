export * from './board-administration.js';
export * from './board-limits.js';
export * from './bot-binding-body.js';
export * from './segmentation-body.js';
export * from './ladder-body.js';
export * from './bot-block-rules.js';
export * from './bot-problems.js';
export * from './canonical-bot.js';
export * from './bot-configuration-body.js';
export * from './bot-simulation-body.js';
export * from './bots.js';
export * from './canonical-board.js';
export * from './configured-boards.js';
export * from './leaderboard-configuration-body.js';
export * from './list-streams.js';
export * from './merges.js';
export * from './player-standings.js';
export * from './configured-objects.js';
export * from './segmentation-problems.js';
export * from './defined-boards.js';
export * from './segmentation.js';

import type { Iso, Json, Scope } from '../common/index.js';
import type { BoardMode } from '../events/boards.js';
import type { PlayerIdentity } from '../identity/players.js';
import { fact, request } from '../messages/index.js';

/** One row of a board as clients see it (02 §0). */
export interface BoardEntry {
  participantId: string;
  kind: 'player' | 'bot';
  name: string | null;
  avatar: string | null;
  /** Same value as `avatar`, read by older libraries. */
  avatarUrl: string | null;
  country: string | null;
  anonymizedName: string | null;
  anonymizedAvatar: string | null;
  score: number;
  rank: number;
  isSelf: boolean;
  player: {
    externalPlayerId: string | null;
    displayIdentity: PlayerIdentity;
    anonymizedIdentity: PlayerIdentity;
    country: string | null;
    metadata: Json;
  } | null;
  progression?: Record<string, number>;
}

export type FinalizedReason = 'window_closed' | 'session_terminated';

/** 200 body of an event board read (02 §7.1). */
export interface EventBoard {
  leaderboardId: string;
  mode: BoardMode;
  finalized: boolean;
  finalizedReason: FinalizedReason | null;
  entries: BoardEntry[];
  self: { rank: number; score: number } | null;
  /** Left out when the event runs no ladder. */
  progression?: ProgressionLimits;
  joined?: true;
}

export interface ReadEventBoard {
  scope: Scope;
  leaderboardId: string;
  /** 1 … 200. */
  limit: number;
  /** Internal id of the player whose row is wanted; null = no self. */
  selfPlayerId: string | null;
  /** Economy keys wanted on every player row, at most 8. */
  progression: string[];
  /** Tag of the view the caller holds already; when it still stands the entries are not sent again. */
  knownView: string | null;
}

/** What of a board's ranks goes up and down its ladder (02 §0). */
export interface ProgressionLimits {
  promotion: { places: number; itemKey: string } | null;
  relegation: { places: number; itemKey: string } | null;
}

/**
 * A board read, split so that the expensive part can be kept by the caller:
 * `entries` are serialized rows with `isSelf: false`; the caller marks the row at `selfIndex` itself.
 */
export interface BoardView<Head> {
  /** Names exactly these entries; any change of the board makes another tag. */
  view: string;
  board: Head;
  /** JSON texts of BoardEntry in rank order; null = as in `knownView`. */
  entries: string[] | null;
  self: { rank: number; score: number } | null;
  /** Position of the caller's row in `entries`, or null when it is not among them. */
  selfIndex: number | null;
  /** Left out when the board has no ladder. */
  progression?: ProgressionLimits;
  /** Only in the reply to a join. */
  joined?: true;
}

export type EventBoardView = BoardView<{
  leaderboardId: string;
  mode: BoardMode;
  finalized: boolean;
  finalizedReason: FinalizedReason | null;
}>;

/** Errors: `not_found`. */
export const readEventBoard = request<ReadEventBoard, EventBoardView>('leaderboards', 'read-event-board');

/** State of a board for the opening frame of its stream. Errors: `not_found`. */
export const describeStream = request<
  { scope: Scope; leaderboardId: string },
  { leaderboardId: string; finalized: boolean }
>('leaderboards', 'describe-stream');

/** Subject on which the frames of one board's stream are broadcast; listen before asking `describeStream`. */
export function streamSubject(leaderboardId: string): string {
  return `kraty.stream.leaderboards.${leaderboardId}`;
}

export interface ScoreUpdate {
  leaderboardId: string;
  participantId: string;
  kind: 'player';
  name: string | null;
  avatar: string | null;
  /** The board's score and rank after the write. */
  score: number;
  rank: number;
  occurredAt: Iso;
}

export interface BoardFinalized {
  leaderboardId: string;
  eventId: string;
  reason: FinalizedReason;
  /** Top 200. */
  standings: { participantId: string; rank: number; score: number; name: string | null; kind: 'player' | 'bot' }[];
  occurredAt: Iso;
}

/** Frames of one message on a board's stream subject, in order. */
export type StreamFrame = { event: 'score_update'; data: ScoreUpdate } | { event: 'finalized'; data: BoardFinalized };

/** A board is frozen for ever; window payouts may be made from it. */
export const boardFinalized = fact<{
  leaderboardId: string;
  eventId: string;
  eventWindowId: string;
  reason: FinalizedReason;
  finalizedAt: Iso;
}>('leaderboards', 'board', 'finalized', 'state');

/** A row of a frozen board. */
export interface FinalStanding {
  rank: number;
  participantId: string;
  kind: 'player' | 'bot';
  /** Of players; null for bots and for players nobody knows any more. */
  externalPlayerId: string | null;
  score: number;
  joinedOnly: boolean;
  /** Whom the row was frozen for, which names its payout for ever; absent while that is the participant (12 §7.2). */
  rankedAs?: string;
}

/** Rows of a frozen board in rank order, after the given rank, at most 5 000. Errors: `not_found`, `conflict` (not frozen yet). */
export const readFinalStandings = request<
  { scope: Scope; leaderboardId: string; afterRank: number; limit: number },
  { standings: FinalStanding[]; finalizedAt: Iso }
>('leaderboards', 'read-final-standings');

export interface MovedOnLadder {
  operationId: string;
  playerId: string;
  externalPlayerId: string;
  leaderboardId: string;
  segment: string | null;
  /** Progression that moves. */
  itemKey: string;
  /** Signed, never 0. */
  amount: number;
  /** A promotion stops here; null = no ceiling. The floor is always 0. */
  ceiling: number | null;
  rank: number;
  movedAt: Iso;
}

/** A player goes up or down a ladder, once for ever by `operationId` (06 §9); the economy moves the balance, grants make the notice. */
export const ladderMoved = fact<MovedOnLadder>('leaderboards', 'ladder', 'moved', 'change');

/** The boards a game has defined have changed; whoever keeps definitions reads them again. Aggregate id = the game. */
export const boardsConfigured = fact<{ gameId: string }>('leaderboards', 'definitions', 'changed', 'state');

/** A period of a defined board has ended and its ranks are frozen (06 §8). */
export const leaderboardPeriodClosed = fact<{
  leaderboardId: string;
  key: string;
  periodStartedAt: Iso;
  periodEndedAt: Iso;
  /** Segments somebody was in; `[null]` on a board that is not split. */
  segments: (string | null)[];
}>('leaderboards', 'leaderboard', 'period-closed', 'state');

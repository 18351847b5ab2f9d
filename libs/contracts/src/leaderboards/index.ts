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

/**
 * A board read, split so that the expensive part can be kept by the caller:
 * `entries` are serialized rows with `isSelf: false`; the caller marks the row at `self.index` itself.
 */
export interface EventBoardView {
  /** Names exactly these entries; any change of the board makes another tag. */
  view: string;
  board: { leaderboardId: string; mode: BoardMode; finalized: boolean; finalizedReason: FinalizedReason | null };
  /** JSON texts of BoardEntry in rank order; null = as in `knownView`. */
  entries: string[] | null;
  /** `index` = position in `entries`, or null when the row is not among them. */
  self: { rank: number; score: number; index: number | null } | null;
}

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
}>('leaderboards', 'board', 'finalized', 'state');

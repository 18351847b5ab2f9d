import type { Iso } from '../common/index.js';
import { request } from '../messages/index.js';
import type { NamedList } from './board-administration.js';
import type { FinalizedReason } from './index.js';

/** What has changed a row (04 §13.2). */
export type ChangeCause = 'progress' | 'score' | 'bot' | 'operator' | 'merge';

/** A row of a list as operators see it change. */
export interface ListUpdate {
  participantId: string;
  kind: 'player' | 'bot';
  name: string | null;
  /** As they are after the change. */
  score: number;
  rank: number;
  at: Iso;
  cause: ChangeCause;
}

export interface ListFinalized {
  /** Of the event board, or of the board the game has defined. */
  leaderboardId: string;
  reason: FinalizedReason;
  occurredAt: Iso;
}

/** Frames of one message on a list's stream subject, in order. */
export type ListFrame = { event: 'score_update'; data: ListUpdate } | { event: 'finalized'; data: ListFinalized };

/**
 * State of a list for the opening of an operators' stream. Asked again and again while the stream is open: so long its
 * changes are told. Errors: `not_found`.
 */
export const describeListStream = request<NamedList, DescribedList>('leaderboards', 'describe-list-stream');

export interface DescribedList {
  /** Names the list alone, for `listStreamSubject`. */
  listId: string;
  /** Start of its period, to ask for the same list again; null for the board of an event. */
  period: Iso | null;
  finalized: boolean;
}

/** Subject on which the changes of one list are broadcast to operators' streams. */
export function listStreamSubject(listId: string): string {
  return `kraty.stream.leaderboards.lists.${listId}`;
}

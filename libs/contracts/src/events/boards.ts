import type { Iso, Scope } from '../common/index.js';
import { fact, request } from '../messages/index.js';

export type BoardMode = 'global' | 'grouped' | 'segmented' | 'lobby_matched' | 'none';
export type ScoreAggregation = 'best' | 'latest' | 'sum';

/** A board made for one window of an event in one environment. The events context decides that it exists. */
export interface EventBoardDescription {
  leaderboardId: string;
  scope: Scope;
  mode: BoardMode;
  scoreAggregation: ScoreAggregation;
  eventId: string;
  eventKey: string;
  eventWindowId: string;
  opensAt: Iso;
  closesAt: Iso;
}

/** For a board the caller has not heard of yet; null = there is no such board. */
export const describeEventBoard = request<{ leaderboardId: string }, { board: EventBoardDescription | null }>(
  'events',
  'describe-event-board',
);

/** A player's standing on an event board as the attempts themselves tell it. */
export interface BoardStanding {
  playerId: string;
  /** Highest score of any accepted write on this board; null = started, never written. */
  bestScore: number | null;
  /** When `bestScore` was first reached, or the first attempt started; epoch ms. */
  achievedAtMs: number;
}

/**
 * Standings in ascending order of `playerId`, after the given one, at most 5 000 a call.
 * Read once before a board is frozen, so that the frozen board holds every accepted write whatever became of messages.
 */
export const readBoardStandings = request<
  { leaderboardId: string; afterPlayerId: string | null; limit: number },
  { standings: BoardStanding[] }
>('events', 'read-board-standings');

/** A window opened in an environment, or a board was first needed. */
export const eventBoardOpened = fact<EventBoardDescription>('events', 'board', 'opened', 'state');

/** The window of a board has closed and every attempt on it is resolved: the board may be frozen (06 §8). */
export const eventBoardClosed = fact<{
  leaderboardId: string;
  eventId: string;
  eventWindowId: string;
  reason: 'window_closed' | 'session_terminated';
  closedAt: Iso;
}>('events', 'board', 'closed', 'state');

/** A window has closed and is settled as far as the events context goes. */
export const eventWindowClosed = fact<{ eventId: string; eventKey: string; eventWindowId: string; closedAt: Iso }>(
  'events',
  'window',
  'closed',
  'state',
);

import type { Environment, GameScope, Iso, Scope } from '../common/index.js';
import type { RewardPolicy } from '../grants/policies.js';
import type { BotBinding } from '../leaderboards/bots.js';
import type { Ladder } from '../leaderboards/segmentation.js';
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
  /** Segment of a `segmented` board, else null. */
  segment: string | null;
  /** Humans a `grouped` board holds, else null. */
  capacity: number | null;
  ladder: Ladder | null;
  /** With the ladder of a board split by progression: promotion stops at the highest division's `min`. */
  ladderCeiling: number | null;
  botBindings: BotBinding[];
}

/** For a board the caller has not heard of yet; null = there is no such board. */
export const describeEventBoard = request<{ leaderboardId: string }, { board: EventBoardDescription | null }>(
  'events',
  'describe-event-board',
);

/** A player's standing on an event board as the attempts themselves tell it, by the board's own aggregation. */
export interface BoardStanding {
  playerId: string;
  /** Board score of the accepted writes; null = started, never written. */
  score: number | null;
  /** When `score` was reached, or the first attempt started; epoch ms. */
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
export const eventWindowClosed = fact<{
  eventId: string;
  eventKey: string;
  eventWindowId: string;
  closedAt: Iso;
  /** Environments in which somebody played. */
  environments: Environment[];
  rewardPolicy: RewardPolicy;
}>('events', 'window', 'closed', 'state');

/** The reward policy a window has pinned, and what its boards are; for payouts at its close. Errors: `not_found`. */
export const describeWindowPolicy = request<
  { game: GameScope; eventWindowId: string },
  { eventId: string; eventKey: string; rewardPolicy: RewardPolicy; endsAt: Iso }
>('events', 'describe-window-policy');

/** Final state of one attempt, as a winner predicate looks at it (07 §5.4). */
export interface SettledAttempt {
  attemptId: string;
  playerId: string;
  externalPlayerId: string;
  leaderboardId: string;
  /** Caps applied. */
  metrics: Record<string, number>;
  score: number;
  status: 'completed' | 'expired' | 'force_completed';
}

/** Attempts of a closed window of one environment in ascending order of their id, after the given one, at most 5 000. */
export const readSettledAttempts = request<
  { scope: Scope; eventWindowId: string; leaderboardId: string | null; afterAttemptId: string | null; limit: number },
  { attempts: SettledAttempt[] }
>('events', 'read-settled-attempts');

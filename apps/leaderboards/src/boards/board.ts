import type { Scope } from '@kraty/contracts/common';
import type { BoardMode, EventBoardDescription, ScoreAggregation } from '@kraty/contracts/events';
import type { BotBinding, FinalizedReason, Ladder } from '@kraty/contracts/leaderboards';

/** What an event's board belongs to. */
export interface BoardEvent {
  eventId: string;
  eventKey: string;
  eventWindowId: string;
}

/**
 * One ranked list: the board of an event's window, or one period and segment of a board the game has defined.
 * Only the last two fields ever change, and they change once.
 */
export interface Board {
  leaderboardId: string;
  scope: Scope;
  mode: BoardMode;
  scoreAggregation: ScoreAggregation;
  /** Null for a part of a defined board. */
  event: BoardEvent | null;
  /** Null for the board of an event. */
  definitionId: string | null;
  opensAt: Date;
  /** Null = it never resets. */
  closesAt: Date | null;
  segment: string | null;
  capacity: number | null;
  ladder: Ladder | null;
  /** A promotion stops here; null = no ceiling. */
  ladderCeiling: number | null;
  botBindings: BotBinding[];
  finalizedAt: Date | null;
  finalizedReason: FinalizedReason | null;
}

export function boardOf(description: EventBoardDescription): Board {
  const { eventId, eventKey, eventWindowId } = description;
  return {
    leaderboardId: description.leaderboardId,
    scope: description.scope,
    mode: description.mode,
    scoreAggregation: description.scoreAggregation,
    event: { eventId, eventKey, eventWindowId },
    definitionId: null,
    opensAt: new Date(description.opensAt),
    closesAt: new Date(description.closesAt),
    segment: description.segment,
    capacity: description.capacity,
    ladder: description.ladder,
    ladderCeiling: description.ladderCeiling,
    botBindings: description.botBindings,
    finalizedAt: null,
    finalizedReason: null,
  };
}

/** True when the board exists for this tenant; another's board is not found (01 §12). */
export function belongsTo(board: Board, scope: Scope): boolean {
  const { studioId, gameId, environment } = board.scope;
  return studioId === scope.studioId && gameId === scope.gameId && environment === scope.environment;
}

import type { Scope } from '@kraty/contracts/common';
import type { BoardMode, EventBoardDescription, ScoreAggregation } from '@kraty/contracts/events';
import type { FinalizedReason } from '@kraty/contracts/leaderboards';

/** A board as this context keeps it. Only the last two fields ever change, and they change once. */
export interface Board {
  leaderboardId: string;
  scope: Scope;
  mode: BoardMode;
  scoreAggregation: ScoreAggregation;
  eventId: string;
  eventKey: string;
  eventWindowId: string;
  opensAt: Date;
  closesAt: Date;
  finalizedAt: Date | null;
  finalizedReason: FinalizedReason | null;
}

export function boardOf(description: EventBoardDescription): Board {
  return {
    leaderboardId: description.leaderboardId,
    scope: description.scope,
    mode: description.mode,
    scoreAggregation: description.scoreAggregation,
    eventId: description.eventId,
    eventKey: description.eventKey,
    eventWindowId: description.eventWindowId,
    opensAt: new Date(description.opensAt),
    closesAt: new Date(description.closesAt),
    finalizedAt: null,
    finalizedReason: null,
  };
}

/** True when the board exists for this tenant; another's board is not found (01 §12). */
export function belongsTo(board: Board, scope: Scope): boolean {
  const { studioId, gameId, environment } = board.scope;
  return studioId === scope.studioId && gameId === scope.gameId && environment === scope.environment;
}

import { environments, type Environment, type GameScope } from '@kraty/contracts/common';
import type { BoardMode, ScoreAggregation } from '@kraty/contracts/events';
import type { EventDefinition } from '../definitions/event-definition.js';

/** A board of a window; where an event has many of them, the shard says whose it is (05 §6.1). */
export interface BoardRow extends GameScope {
  leaderboardId: string;
  eventWindowId: string;
  environment: Environment;
  eventId: string;
  eventKey: string;
  mode: BoardMode;
  scoreAggregation: ScoreAggregation;
  /** The segment, or the cohort of a group; empty where everybody shares one board. */
  shard: string;
  /** Groups of a cohort in the order they were opened; 0 elsewhere. */
  ordinal: number;
  /** Humans a group holds; null = not limited. */
  capacity: number | null;
}

/** What a new board takes from its event. */
export interface BoardEvent extends GameScope {
  id: string;
  key: string;
}

/** Where everybody shares one board its id is known from the opening on, whether anybody comes or not. */
export function hasSharedBoard({ boardMode }: EventDefinition): boolean {
  return boardMode === 'global' || boardMode === 'none';
}

/** Boards a window opens with, one an environment; boards of groups and segments are opened by who enters them. */
export function sharedBoards(
  event: BoardEvent,
  eventWindowId: string,
  definition: EventDefinition,
  newId: () => string,
): BoardRow[] {
  if (!hasSharedBoard(definition)) return [];
  return environments.map((environment) =>
    boardOf(event, { eventWindowId, environment, shard: '', ordinal: 0 }, definition, newId()),
  );
}

export function boardOf(
  event: BoardEvent,
  place: { eventWindowId: string; environment: Environment; shard: string; ordinal: number },
  { board }: EventDefinition,
  leaderboardId: string,
): BoardRow {
  const { id, key, studioId, gameId } = event;
  const { mode, scoreAggregation, capacity } = board;
  return { leaderboardId, ...place, studioId, gameId, eventId: id, eventKey: key, mode, scoreAggregation, capacity };
}

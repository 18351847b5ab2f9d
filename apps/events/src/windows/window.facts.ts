import type { Environment } from '@kraty/contracts/common';
import type { EventBoardDescription } from '@kraty/contracts/events';
import { eventBoardClosed, eventBoardOpened, eventWindowClosed, eventWindowOpened } from '@kraty/contracts/events';
import type { RewardPolicy } from '@kraty/contracts/grants';
import type { NewFact } from '@kraty/platform/facts';
import type { EventDefinition } from '../definitions/event-definition.js';
import type { BoardRow } from '../placement/board.js';
import type { WindowRow } from './windows.store.js';

/** Boards and windows know two states; the revision of their facts says which of them is the newer. */
const openedRevision = 1;
const closedRevision = 2;

/** By the revision the window has pinned. */
export function boardDescription(
  board: BoardRow,
  window: { startsAt: Date; endsAt: Date },
  definition: EventDefinition,
): EventBoardDescription {
  const { leaderboardId, studioId, gameId, environment, mode, scoreAggregation } = board;
  const { eventId, eventKey, eventWindowId, shard, capacity } = board;
  const { ladder, ladderCeiling } = definition.board;
  return {
    leaderboardId,
    scope: { studioId, gameId, environment },
    mode,
    scoreAggregation,
    eventId,
    eventKey,
    eventWindowId,
    opensAt: window.startsAt.toISOString(),
    closesAt: window.endsAt.toISOString(),
    segment: mode === 'segmented' ? shard : null,
    capacity,
    ladder,
    ladderCeiling,
    // A hidden board has no rows at all, of bots neither (05 §6.1).
    botBindings: mode === 'none' ? [] : [...definition.botBindings],
  };
}

export function boardOpenedFact(
  board: BoardRow,
  window: { startsAt: Date; endsAt: Date },
  definition: EventDefinition,
): NewFact {
  const payload = boardDescription(board, window, definition);
  return {
    type: eventBoardOpened,
    scope: payload.scope,
    aggregateId: board.leaderboardId,
    revision: openedRevision,
    payload,
  };
}

/** The board closed as of its window's own end, however late the closing was noticed. */
export function boardClosedFact(board: BoardRow, windowEndsAt: Date): NewFact {
  const { leaderboardId, eventId, eventWindowId, studioId, gameId, environment } = board;
  return {
    type: eventBoardClosed,
    scope: { studioId, gameId, environment },
    aggregateId: leaderboardId,
    revision: closedRevision,
    payload: { leaderboardId, eventId, eventWindowId, reason: 'window_closed', closedAt: windowEndsAt.toISOString() },
  };
}

export function windowOpenedFact(
  { id, key, studioId, gameId }: { studioId: string; gameId: string; id: string; key: string },
  window: WindowRow,
): NewFact {
  const [startsAt, endsAt] = [window.startsAt.toISOString(), window.endsAt.toISOString()];
  return {
    type: eventWindowOpened,
    scope: { studioId, gameId },
    aggregateId: window.id,
    revision: openedRevision,
    payload: { eventId: id, eventKey: key, eventWindowId: window.id, startsAt, endsAt },
  };
}

export function windowClosedFact(
  event: { studioId: string; gameId: string; id: string; key: string },
  window: WindowRow,
  { environments, rewardPolicy }: { environments: Environment[]; rewardPolicy: RewardPolicy },
): NewFact {
  return {
    type: eventWindowClosed,
    scope: { studioId: event.studioId, gameId: event.gameId },
    aggregateId: window.id,
    revision: closedRevision,
    payload: {
      eventId: event.id,
      eventKey: event.key,
      eventWindowId: window.id,
      closedAt: window.endsAt.toISOString(),
      environments,
      rewardPolicy,
    },
  };
}

import { attemptOverridden, type AttemptOverridden } from '@kraty/contracts/events';
import type { NewFact } from '@kraty/platform/facts';
import { scopeOf, type AttemptState } from '../attempts/attempt.js';

/** What is told of a forced completion; the boards follow it. */
export function overriddenFact(
  attempt: AttemptState,
  contributesTo: readonly string[],
  scoreChanged: boolean,
): NewFact<AttemptOverridden> {
  const { id, eventId, eventKey, eventWindowId, leaderboardId, playerId, externalPlayerId, score } = attempt;
  return {
    type: attemptOverridden,
    scope: scopeOf(attempt),
    aggregateId: id,
    revision: attempt.progressCount + 1,
    payload: {
      attemptId: id,
      ...{ eventId, eventKey, eventWindowId, leaderboardId, playerId, externalPlayerId },
      score,
      scoreChanged,
      contributesTo: [...contributesTo],
      playerContext: attempt.playerContext,
      lastWrittenAtMs: attempt.lastProgressAtMs,
      completedAt: new Date(attempt.completedAtMs ?? 0).toISOString(),
      forced: true,
    },
  };
}

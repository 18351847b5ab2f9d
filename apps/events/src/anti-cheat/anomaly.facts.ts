import { attemptFlagged } from '@kraty/contracts/events';
import type { NewFact } from '@kraty/platform/facts';
import { scopeOf } from '../attempts/attempt.js';
import type { Anomaly } from './anomaly.js';

/** What is told of a flag, also of one before a reject; a reject itself is only kept (05 §14). */
export function flaggedFact(anomaly: Anomaly): NewFact {
  const { id, attempt, validatorKey, reason, metricSnapshot, occurredAtMs } = anomaly;
  const { eventId, eventKey, eventWindowId, playerId, externalPlayerId } = attempt;
  return {
    type: attemptFlagged,
    scope: scopeOf(attempt),
    aggregateId: attempt.id,
    revision: attempt.progressCount,
    payload: {
      anomalyId: id,
      attemptId: attempt.id,
      eventId,
      eventKey,
      eventWindowId,
      playerId,
      externalPlayerId,
      validatorKey,
      reason,
      metricSnapshot,
      flaggedAt: new Date(occurredAtMs).toISOString(),
    },
  };
}

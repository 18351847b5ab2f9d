import { uuidV7 } from '@kraty/platform/ids';
import type { AttemptState } from '../attempts/attempt.js';
import type { MetricValues } from '../scoring/score.js';
import type { Violation } from './validators.js';

/** A violation as it is kept for operators (04 §8.6). */
export interface Anomaly extends Violation {
  id: string;
  /** As it stood before the write. */
  attempt: AttemptState;
  /** The proposed raw values. */
  metricSnapshot: MetricValues;
  occurredAtMs: number;
}

export function anomaliesOf(
  attempt: AttemptState,
  violations: readonly Violation[],
  metricSnapshot: MetricValues,
  occurredAtMs: number,
): Anomaly[] {
  return violations.map((violation) => ({ ...violation, id: uuidV7(), attempt, metricSnapshot, occurredAtMs }));
}

/** Anomalies as rows of `anomalyColumns`, as one JSON text: most batches have none. */
export function rowsOfAnomalies(anomalies: readonly Anomaly[]): string {
  return JSON.stringify(
    anomalies.map(({ id, attempt, validatorKey, verdict, reason, metricSnapshot, occurredAtMs }) => ({
      id,
      studio_id: attempt.studioId,
      game_id: attempt.gameId,
      environment: attempt.environment,
      player_id: attempt.playerId,
      external_player_id: attempt.externalPlayerId,
      attempt_id: attempt.id,
      event_id: attempt.eventId,
      event_key: attempt.eventKey,
      event_window_id: attempt.eventWindowId,
      validator_key: validatorKey,
      verdict,
      reason,
      metric_snapshot: metricSnapshot,
      occurred_at: new Date(occurredAtMs).toISOString(),
    })),
  );
}

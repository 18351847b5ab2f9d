import type { Iso } from '../common/index.js';
import { fact } from '../messages/index.js';

export type ValidatorKey = 'max_metric_rate' | 'max_metric_jump' | 'min_attempt_duration';

/** A validator and its parameters; `params.verdict` defaults to `flag` (05 §14). */
export type ValidatorRef =
  | { key: 'max_metric_rate'; params: ValidatorVerdict & { metricKey: string; maxPerSecond: number } }
  | { key: 'max_metric_jump'; params: ValidatorVerdict & { metricKey: string; maxDelta?: number; maxRatio?: number } }
  | {
      key: 'min_attempt_duration';
      params: ValidatorVerdict & { metricKey: string; minSeconds: number; target?: number };
    };

export interface ValidatorVerdict {
  verdict?: 'flag' | 'reject';
}

/** A validator flagged an accepted write; one fact a flag (05 §14). */
export const attemptFlagged = fact<{
  anomalyId: string;
  attemptId: string;
  eventId: string;
  eventKey: string;
  eventWindowId: string;
  playerId: string;
  externalPlayerId: string;
  validatorKey: ValidatorKey;
  reason: string;
  /** The proposed raw values. */
  metricSnapshot: Record<string, number>;
  flaggedAt: Iso;
}>('events', 'attempt', 'flagged', 'change');

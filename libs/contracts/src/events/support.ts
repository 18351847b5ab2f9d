import type { Idempotency, Iso, Json, Scope } from '../common/index.js';
import type { Operator } from '../identity/operators.js';
import { fact, request } from '../messages/index.js';
import type { ValidatorKey } from './anti-cheat.js';
import type { Attempt } from './attempts.js';
import type { BoardStanding } from './boards.js';

export interface ForceCompletedAttempt {
  attempt: Attempt;
  /** The event board, then the configured ones, in order; empty for a board without scores. */
  boards: { leaderboardId: string; score: number; rank: number }[];
  auditId: string;
}

/** Errors: `not_found`, `conflict` (attempt_not_open). */
export const forceCompleteAttempt = request<
  { scope: Scope; operator: Operator; idempotency: Idempotency | null } & {
    attemptId: string;
    reason: string;
    overrideScore: number | null;
  },
  ForceCompletedAttempt
>('events', 'force-complete-attempt');

/**
 * An operator has completed an attempt by force (05 §9.6). Carries the state, so that it may come late and twice.
 * Only with `scoreChanged` does anything move; leaderboards then do what 06 §5.1 says:
 * - event board: the player's row becomes the standing that `readPlayerStanding` tells at that time. A lower score
 *   replaces a higher one, and on a frozen board the ranks are materialized again; paid rewards stay;
 * - `contributesTo`: a `sum` board moves by `score` minus what this attempt has counted there, in the period of its last
 *   write; `latest` takes `score` if this attempt wrote last; `best` only rises;
 * - nothing is broadcast on players' streams.
 */
export interface AttemptOverridden {
  attemptId: string;
  eventId: string;
  eventKey: string;
  eventWindowId: string;
  leaderboardId: string;
  playerId: string;
  externalPlayerId: string;
  score: number;
  scoreChanged: boolean;
  contributesTo: string[];
  /** Context of the attempt, for boards split by context. */
  playerContext: Json | null;
  /** Server time of the attempt's last accepted write, epoch ms; null = it never had one. */
  lastWrittenAtMs: number | null;
  completedAt: Iso;
  forced: true;
}

/** Null = the player has no attempt on the board. */
export const readPlayerStanding = request<
  { leaderboardId: string; playerId: string },
  { standing: BoardStanding | null }
>('events', 'read-player-standing');

/** At most one an attempt. No write follows it: an `attemptScored` of the attempt that comes later is old. */
export const attemptOverridden = fact<AttemptOverridden>('events', 'attempt', 'overridden', 'state');

export type AnomalyReviewStatus = 'open' | 'dismissed' | 'confirmed';

/** 04 §8.6. */
export interface Anomaly {
  id: string;
  externalPlayerId: string;
  attemptId: string;
  eventId: string;
  eventKey: string;
  eventWindowId: string;
  validatorKey: ValidatorKey;
  verdict: 'flag' | 'reject';
  reason: string;
  /** The proposed raw values. */
  metricSnapshot: Record<string, number>;
  occurredAt: Iso;
  review: { status: AnomalyReviewStatus; by: string | null; at: Iso | null; note: string | null };
}

export interface ListAnomalies {
  scope: Scope;
  externalPlayerId: string | null;
  eventKey: string | null;
  validatorKey: string | null;
  verdict: 'flag' | 'reject' | null;
  reviewed: boolean | null;
  from: Iso | null;
  to: Iso | null;
  limit: number;
  cursor: string | null;
}

/** Newest first. */
export const listAnomalies = request<ListAnomalies, { anomalies: Anomaly[]; nextCursor: string | null }>(
  'events',
  'list-anomalies',
);

/** May be reviewed again. Errors: `not_found`. */
export const reviewAnomaly = request<
  { scope: Scope; operator: Operator; idempotency: Idempotency | null } & {
    anomalyId: string;
    status: 'dismissed' | 'confirmed';
    note: string | null;
  },
  Anomaly
>('events', 'review-anomaly');

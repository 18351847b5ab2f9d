import type { Environment, Json, Scope } from '@kraty/contracts/common';
import type { Attempt, AttemptStatus } from '@kraty/contracts/events';
import type { EventDefinition } from '../definitions/event-definition.js';
import { cappedMetrics, targetsReached, type MetricValues } from '../scoring/score.js';
import { isScoreAttack } from '../scoring/scoring-rules.js';

/** One player's run inside one window, as it is kept. Instants are epoch milliseconds. */
export interface AttemptState {
  id: string;
  studioId: string;
  gameId: string;
  environment: Environment;
  eventId: string;
  eventKey: string;
  eventWindowId: string;
  leaderboardId: string;
  playerId: string;
  externalPlayerId: string;
  revision: number;
  status: AttemptStatus;
  startedAtMs: number;
  endsAtMs: number;
  completedAtMs: number | null;
  /** Never capped. */
  raw: MetricValues;
  score: number;
  /** Null until the first accepted write. */
  bestScore: number | null;
  bestAtMs: number | null;
  /** When a later write last gave another score; null = it is that of the first write, since `bestAtMs`. */
  scoreAtMs: number | null;
  /** Keys of the milestones reached so far. */
  firedMilestones: readonly string[];
  progressCount: number;
  lastProgressAtMs: number | null;
  lastOccurredAtMs: number | null;
  playerContext: Json | null;
}

/** `finish`: the player asked; `timeout`: its time, or its window's, ran out. */
export type EndCause = 'finish' | 'timeout';

/** How an attempt ends (05 §9.5). `completed` pays, `expired` does not; the score stays on the board either way. */
export function resolved(
  attempt: AttemptState,
  { scoring }: EventDefinition,
  cause: EndCause,
  nowMs: number,
): AttemptState {
  const hasPlayed = attempt.progressCount > 0 || cause === 'finish';
  const isCompleted = isScoreAttack(scoring) ? hasPlayed : targetsReached(scoring, attempt.raw);
  if (!isCompleted) return { ...attempt, status: 'expired' };
  // The sweeper may come late; the attempt was over at its own end.
  return { ...attempt, status: 'completed', completedAtMs: cause === 'finish' ? nowMs : attempt.endsAtMs };
}

export function isOverdue({ status, endsAtMs }: AttemptState, nowMs: number): boolean {
  return status === 'in_progress' && nowMs >= endsAtMs;
}

/** min(start + the event's duration, end of the window). */
export function attemptEndMs(definition: EventDefinition, startedAtMs: number, windowEndsAtMs: number): number {
  const { durationMs } = definition.attempts;
  return durationMs === null ? windowEndsAtMs : Math.min(startedAtMs + durationMs, windowEndsAtMs);
}

export function scopeOf({ studioId, gameId, environment }: AttemptState): Scope {
  return { studioId, gameId, environment };
}

/** The attempt as clients see it; metrics in the order they are declared. */
export function attemptOnWire(attempt: AttemptState, { scoring }: EventDefinition): Attempt {
  const metricsRaw: MetricValues = {};
  for (const { key } of scoring.metrics) metricsRaw[key] = attempt.raw[key] ?? 0;
  return {
    id: attempt.id,
    eventId: attempt.eventId,
    eventWindowId: attempt.eventWindowId,
    leaderboardId: attempt.leaderboardId,
    playerId: attempt.playerId,
    startedAt: iso(attempt.startedAtMs),
    endsAt: iso(attempt.endsAtMs),
    completedAt: attempt.completedAtMs === null ? null : iso(attempt.completedAtMs),
    metrics: cappedMetrics(scoring, metricsRaw),
    metricsRaw,
    score: attempt.score,
    status: attempt.status,
  };
}

const iso = (instantMs: number): string => new Date(instantMs).toISOString();

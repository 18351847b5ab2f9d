import type { Environment, Json } from '@kraty/contracts/common';
import type { AttemptStatus } from '@kraty/contracts/events';
import type { MetricValues } from '../scoring/score.js';
import type { AttemptState } from './attempt.js';

/** A row of `attempt`, read by `attemptColumns`. */
export interface AttemptRow {
  id: string;
  studio_id: string;
  game_id: string;
  environment: Environment;
  event_id: string;
  event_key: string;
  event_window_id: string;
  leaderboard_id: string;
  player_id: string;
  external_player_id: string;
  revision: number;
  status: AttemptStatus;
  started_at: Date;
  ends_at: Date;
  completed_at: Date | null;
  metrics_raw: MetricValues;
  score: number;
  best_score: number | null;
  best_at: Date | null;
  score_at: Date | null;
  fired_milestones: string[] | null;
  progress_count: number;
  last_progress_at: Date | null;
  last_occurred_at: Date | null;
  player_context: Json | null;
}

/** Of `attemptTables`: an attempt ends with its window, also with one that an operator has ended early (05 §7). */
export const attemptColumns = `a.id, a.studio_id, a.game_id, a.environment, a.event_id, a.event_key, a.event_window_id,
  a.leaderboard_id, a.player_id, a.external_player_id, a.revision, a.status, a.started_at,
  least(a.ends_at, w.ends_at) as ends_at, a.completed_at,
  a.metrics_raw, a.score, a.best_score, a.best_at, a.score_at, a.fired_milestones,
  a.progress_count, a.last_progress_at, a.last_occurred_at, a.player_context`;

export const attemptTables = `attempt a join event_window w on w.id = a.event_window_id`;

const noMilestones: readonly string[] = [];

export function stateOf(row: AttemptRow): AttemptState {
  return {
    id: row.id,
    studioId: row.studio_id,
    gameId: row.game_id,
    environment: row.environment,
    eventId: row.event_id,
    eventKey: row.event_key,
    eventWindowId: row.event_window_id,
    leaderboardId: row.leaderboard_id,
    playerId: row.player_id,
    externalPlayerId: row.external_player_id,
    revision: row.revision,
    status: row.status,
    startedAtMs: row.started_at.getTime(),
    endsAtMs: row.ends_at.getTime(),
    completedAtMs: msOf(row.completed_at),
    raw: row.metrics_raw,
    score: row.score,
    bestScore: row.best_score,
    bestAtMs: msOf(row.best_at),
    scoreAtMs: msOf(row.score_at),
    firedMilestones: row.fired_milestones ?? noMilestones,
    progressCount: row.progress_count,
    lastProgressAtMs: msOf(row.last_progress_at),
    lastOccurredAtMs: msOf(row.last_occurred_at),
    playerContext: row.player_context,
  };
}

/** What the end of attempts changes, as columns, for statements that write many at once. */
export function columnsOfEnds(attempts: readonly AttemptState[]) {
  return {
    ids: attempts.map(({ id }) => id),
    statuses: attempts.map(({ status }) => status),
    endsAts: attempts.map(({ endsAtMs }) => isoOf(endsAtMs)),
    completedAts: attempts.map(({ completedAtMs }) => isoOf(completedAtMs)),
  };
}

/** All that a write changes. */
export function columnsOfAttempts(attempts: readonly AttemptState[]) {
  return {
    ...columnsOfEnds(attempts),
    raws: attempts.map(({ raw }) => JSON.stringify(raw)),
    scores: attempts.map(({ score }) => score),
    bestScores: attempts.map(({ bestScore }) => bestScore),
    bestAts: attempts.map(({ bestAtMs }) => isoOf(bestAtMs)),
    scoreAts: attempts.map(({ scoreAtMs }) => isoOf(scoreAtMs)),
    firedMilestones: attempts.map(({ firedMilestones: fired }) => (fired.length === 0 ? null : JSON.stringify(fired))),
    progressCounts: attempts.map(({ progressCount }) => progressCount),
    lastProgressAts: attempts.map(({ lastProgressAtMs }) => isoOf(lastProgressAtMs)),
    lastOccurredAts: attempts.map(({ lastOccurredAtMs }) => isoOf(lastOccurredAtMs)),
  };
}

const msOf = (instant: Date | null): number | null => (instant === null ? null : instant.getTime());
const isoOf = (instantMs: number | null): string | null =>
  instantMs === null ? null : new Date(instantMs).toISOString();

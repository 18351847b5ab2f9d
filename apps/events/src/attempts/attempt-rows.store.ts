import { epochMs, joinedJson, plainArray, textArray } from '@kraty/platform/persistence';
import type { Environment, Json } from '@kraty/contracts/common';
import type { AttemptStatus } from '@kraty/contracts/events';
import type { MetricValues } from '../scoring/score.js';
import type { AttemptState } from './attempt.js';

/** A row of `attempt`, read by `attemptColumns`; instants are epoch milliseconds. */
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
  started_at: number;
  ends_at: number;
  completed_at: number | null;
  metrics_raw: MetricValues;
  score: number;
  best_score: number | null;
  best_at: number | null;
  score_at: number | null;
  fired_milestones: string[] | null;
  progress_count: number;
  last_progress_at: number | null;
  last_occurred_at: number | null;
  player_context: Json | null;
}

/** Of `attemptTables`: an attempt ends with its window, also with one that an operator has ended early (05 §7). */
export const attemptColumns = `a.id, a.studio_id, a.game_id, a.environment, a.event_id, a.event_key, a.event_window_id,
  a.leaderboard_id, a.player_id, a.external_player_id, a.revision, a.status, ${epochMs('a.started_at')} as started_at,
  ${epochMs('least(a.ends_at, w.ends_at)')} as ends_at, ${epochMs('a.completed_at')} as completed_at,
  a.metrics_raw, a.score, a.best_score, ${epochMs('a.best_at')} as best_at, ${epochMs('a.score_at')} as score_at,
  a.fired_milestones, a.progress_count, ${epochMs('a.last_progress_at')} as last_progress_at,
  ${epochMs('a.last_occurred_at')} as last_occurred_at, a.player_context`;

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
    startedAtMs: row.started_at,
    endsAtMs: row.ends_at,
    completedAtMs: row.completed_at,
    raw: row.metrics_raw,
    score: row.score,
    bestScore: row.best_score,
    bestAtMs: row.best_at,
    scoreAtMs: row.score_at,
    firedMilestones: row.fired_milestones ?? noMilestones,
    progressCount: row.progress_count,
    lastProgressAtMs: row.last_progress_at,
    lastOccurredAtMs: row.last_occurred_at,
    playerContext: row.player_context,
  };
}

/** What the end of attempts changes, as columns, for statements that write many at once; instants as epoch milliseconds. */
export function columnsOfEnds(attempts: readonly AttemptState[]) {
  return {
    ids: plainArray(attempts.map(({ id }) => id)),
    statuses: textArray(attempts.map(({ status }) => status)),
    endsAts: plainArray(attempts.map(({ endsAtMs }) => endsAtMs)),
    completedAts: plainArray(attempts.map(({ completedAtMs }) => completedAtMs)),
  };
}

/** All that a write changes. */
export function columnsOfAttempts(attempts: readonly AttemptState[]) {
  return {
    ...columnsOfEnds(attempts),
    raws: joinedJson(attempts.map(({ raw }) => JSON.stringify(raw))),
    scores: plainArray(attempts.map(({ score }) => score)),
    bestScores: plainArray(attempts.map(({ bestScore }) => bestScore)),
    bestAts: plainArray(attempts.map(({ bestAtMs }) => bestAtMs)),
    scoreAts: plainArray(attempts.map(({ scoreAtMs }) => scoreAtMs)),
    firedMilestones: joinedJson(
      attempts.map(({ firedMilestones: fired }) => (fired.length === 0 ? null : JSON.stringify(fired))),
    ),
    progressCounts: plainArray(attempts.map(({ progressCount }) => progressCount)),
    lastProgressAts: plainArray(attempts.map(({ lastProgressAtMs }) => lastProgressAtMs)),
    lastOccurredAts: plainArray(attempts.map(({ lastOccurredAtMs }) => lastOccurredAtMs)),
  };
}

import type { SettledAttempt } from '../events/boards.js';
import type { RankTier, WinnerPredicate } from './policies.js';

/** What a predicate may look at. `rank` is the player's on the attempt's frozen board, null when it has none. */
export interface Judged extends Pick<SettledAttempt, 'metrics' | 'score' | 'status'> {
  rank: number | null;
}

/** True when the final state of an attempt wins (07 §5.4). */
export function wins(predicate: WinnerPredicate, attempt: Judged): boolean {
  switch (predicate.type) {
    case 'metric_at_least':
      return (attempt.metrics[predicate.metricKey] ?? 0) >= predicate.threshold;
    case 'score_at_least':
      return attempt.score >= predicate.threshold;
    case 'rank_at_most':
      return attempt.rank !== null && attempt.rank <= predicate.rank;
    case 'completed':
      return attempt.status === 'completed' || attempt.status === 'force_completed';
    case 'not':
      return !wins(predicate.condition, attempt);
    case 'and':
      return predicate.conditions.every((condition) => wins(condition, attempt));
    case 'or':
      return predicate.conditions.some((condition) => wins(condition, attempt));
  }
}

/** The lowest place that a predicate tells apart; 0 = it does not look at ranks. */
export function lowestRank(predicate: WinnerPredicate): number {
  switch (predicate.type) {
    case 'rank_at_most':
      return predicate.rank;
    case 'not':
      return lowestRank(predicate.condition);
    case 'and':
    case 'or':
      return Math.max(...predicate.conditions.map(lowestRank));
    default:
      return 0;
  }
}

/** The tier that pays a rank; null = none does. */
export function tierOfRank(tiers: readonly RankTier[], rank: number): RankTier | null {
  return tiers.find(({ fromRank, toRank }) => fromRank <= rank && rank <= toRank) ?? null;
}

/** An equal share in whole units; what cannot be divided is not paid (07 §5.4). */
export function poolShare(pool: number, winners: number): number {
  return winners > 0 ? Math.floor(pool / winners) : 0;
}

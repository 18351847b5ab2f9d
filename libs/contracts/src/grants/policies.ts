import type { RewardEntry } from './rewards.js';

/** A bundle by key, or entries of its own. Bundles are named by key inside and in documents. */
export type RewardContents = { rewardBundleKey: string } | { entries: RewardEntry[] };

/** Pays when an attempt becomes `completed`. */
export interface FixedBundlePolicy {
  type: 'fixed_bundle';
  parameters: RewardContents;
}

/** Pays players by their final rank when a board is frozen. */
export interface RankScaledPolicy {
  type: 'rank_scaled';
  parameters: { tiers: RankTier[] };
}

/** Both ends included; tiers are disjoint. */
export type RankTier = { fromRank: number; toRank: number } & RewardContents;

/** Divides a pool evenly among the winners when the window closes. */
export interface SharedPoolPolicy {
  type: 'shared_pool';
  parameters: { pool: number; currencyKey: string; winnerPredicate: WinnerPredicate; poolScope?: 'window' | 'board' };
}

/** Who wins a share (07 §5.4); 1 … 10 members, depth at most 5. */
export type WinnerPredicate =
  | { type: 'metric_at_least'; metricKey: string; threshold: number }
  | { type: 'score_at_least'; threshold: number }
  | { type: 'rank_at_most'; rank: number }
  | { type: 'completed' }
  | { type: 'not'; condition: WinnerPredicate }
  | { type: 'and' | 'or'; conditions: WinnerPredicate[] };

export type RewardPolicy = { type: 'none' } | FixedBundlePolicy | RankScaledPolicy | SharedPoolPolicy;

/** Pays once an attempt, when the raw metric reaches the threshold (05 §10). */
export type MilestoneReward = { key: string; metricKey: string; threshold: number } & RewardContents;

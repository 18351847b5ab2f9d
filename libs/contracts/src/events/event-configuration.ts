import type { Iso, Json, Localized } from '../common/index.js';
import type { BoardMode, ScoreAggregation } from './boards.js';
import type { RewardEntry } from '../grants/index.js';

/** Local time of day and real or calendar length (05 §2). */
export interface WindowRule {
  /** `HH:MM`, 24 h. */
  startTime: string;
  /** 60 … 31 622 400 seconds. */
  durationSeconds: number;
  /** 0 = Sunday … 6; default all seven. Excludes `daysOfMonth`. */
  daysOfWeek?: number[];
  /** 1 … 31 or -1 = the last day. A day the month lacks is skipped. */
  daysOfMonth?: number[];
  /** Default `calendar` for whole days, else `elapsed`. */
  durationMode?: 'elapsed' | 'calendar';
}

export type Availability =
  | { mode: 'recurring_windows'; timezone: string; windows: WindowRule[]; startsOn?: string; endsOn?: string }
  | { mode: 'fixed_window'; startsAt: Iso; endsAt: Iso; timezone?: string }
  | { mode: 'always_on'; timezone?: string };

/** 05 §4. */
export interface MetricDefinition {
  key: string;
  name?: Localized;
  target?: number;
  cap?: number;
  capAtTarget?: boolean;
  scorePerUnit?: number;
  /** Alias of `scorePerUnit`. */
  scoreWeight?: number;
  resetOn?: { metricKey: string };
}

export interface AttemptBlock {
  /** 1 … 31 622 400 seconds; default until the window ends. */
  durationSeconds?: number;
  replayableDuringWindow?: boolean;
  maxAttemptsPerWindow?: number;
  maxAttemptsPerDay?: number;
}

export interface LeaderboardBlock {
  mode: BoardMode;
  scoreAggregation?: ScoreAggregation;
}

/** Pays a fixed list when an attempt becomes `completed`. Bundles are named by key inside and in documents. */
export interface FixedBundlePolicy {
  type: 'fixed_bundle';
  parameters: { rewardBundleKey: string } | { entries: RewardEntry[] };
}

export type EventRewardPolicy = { type: 'none' } | FixedBundlePolicy;

/** An event as a configuration document states it (05 §1, 04 §12). Grows with the features that land. */
export interface EventConfiguration {
  key: string;
  name?: Localized;
  description?: Localized;
  type?: 'single_metric' | 'multi_metric';
  availability?: Availability;
  /** 1 … 365 days; null or absent = 7. */
  scheduleAheadDays?: number | null;
  metadata?: Json;
  metrics?: MetricDefinition[];
  scoreFormula?: { type: 'linear' };
  completion?: { rule: 'all_targets' | 'any_target' };
  leaderboard?: LeaderboardBlock;
  attempt?: AttemptBlock;
  rewardPolicy?: EventRewardPolicy;
}

/** In a document: `draft` stays hidden, `scheduled` is published. */
export interface EventDocumentEntry extends EventConfiguration {
  status?: 'draft' | 'scheduled';
}

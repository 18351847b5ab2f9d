import type { Iso, Json, Localized } from '../common/index.js';
import type { BoardMode, ScoreAggregation } from './boards.js';
import type { Condition, EntryCost } from './conditions.js';
import type { MilestoneReward, RewardPolicy } from '../grants/policies.js';
import type { BotBinding, Ladder, Segmentation } from '../leaderboards/index.js';
import type { ValidatorRef } from './anti-cheat.js';

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

/** 05 §6. Lobby boards (`lobby_matched`) come with matchmaking. */
export interface LeaderboardBlock {
  mode: BoardMode;
  scoreAggregation?: ScoreAggregation;
  /** Humans a group holds, 2 … 500; default 50. */
  capacity?: number;
  /** Default by arrival. */
  grouping?: { by: 'arrival' } | { by: 'context'; key: string; fallback?: string };
  /** Required by `segmented`. */
  segmentation?: Segmentation;
  progression?: Ladder;
}

/** `linear`, or an expression in the language of 10 §7 (05 §5). */
export type ScoreFormula = { type: 'linear' } | { type: 'expression'; expr: string };

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
  scoreFormula?: ScoreFormula;
  completion?: { rule: 'all_targets' | 'any_target' };
  leaderboard?: LeaderboardBlock;
  /** Keys of configured boards, at most 16. */
  contributesTo?: string[];
  attempt?: AttemptBlock;
  unlockCondition?: Condition | null;
  entryRequirement?: Condition | null;
  entryCost?: EntryCost | null;
  /** At most 32. */
  milestoneRewards?: MilestoneReward[];
  rewardPolicy?: RewardPolicy;
  botBindings?: BotBinding[];
  antiCheat?: { validators: ValidatorRef[] };
}

/** Metadata of one window, named by the instant it begins (05 §3, 04 §12). */
export interface WindowOverride {
  startsAt: Iso;
  metadata: Json;
}

/** In a document: `draft` stays hidden, `scheduled` is published. */
export interface EventDocumentEntry extends EventConfiguration {
  status?: 'draft' | 'scheduled';
  /** Of windows that have not ended; in order, without empty ones. They belong to the windows and make no revision. */
  windowOverrides?: WindowOverride[];
}

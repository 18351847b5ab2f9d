import { Type } from 'class-transformer';
import {
  Allow,
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsBoolean,
  IsDefined,
  IsIn,
  IsInt,
  IsNumber,
  IsObject,
  IsOptional,
  IsPositive,
  IsString,
  Matches,
  Max,
  Min,
  NotEquals,
  ValidateIf,
  ValidateNested,
} from 'class-validator';
import {
  AsItIs,
  IsLocalized,
  IsMetadata,
  IsMetricValue,
  keyPattern,
  limits,
  metricKeyPattern,
  uuidShapePattern,
  type Json,
  type Localized,
} from '../common/index.js';
import { RewardEntryBody, rewardLimits } from '../grants/reward-configuration.js';
import { AvailabilityBody } from './availability-body.js';
import { eventLimits } from './event-limits.js';
import { IsAbsentForNow, IsBuilt, IsEmptyForNow } from './unbuilt.js';

const unbuiltBoardModes = ['grouped', 'segmented', 'global_segmented', 'lobby_matched'] as const;
const unbuiltPolicies = ['rank_scaled', 'shared_pool'] as const;
const unbuiltFormulas = ['expression'] as const;

export class ResetTriggerBody {
  @IsString()
  @Matches(metricKeyPattern)
  metricKey: string;
}

/** Shape of a metric (05 §4). */
export class MetricDefinitionBody {
  @IsString()
  @Matches(metricKeyPattern)
  @NotEquals('__proto__')
  key: string;

  @IsOptional()
  @IsLocalized()
  name?: Localized | null;

  @IsOptional()
  @IsNumber()
  @IsPositive()
  @Max(limits.scoreAbsoluteMax)
  target?: number | null;

  @IsOptional()
  @IsNumber()
  @IsPositive()
  @Max(limits.scoreAbsoluteMax)
  cap?: number | null;

  @IsOptional()
  @IsBoolean()
  capAtTarget?: boolean | null;

  @IsOptional()
  @IsMetricValue({ context: { code: 'range' } })
  scorePerUnit?: number | null;

  @IsOptional()
  @IsMetricValue({ context: { code: 'range' } })
  scoreWeight?: number | null;

  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => ResetTriggerBody)
  resetOn?: ResetTriggerBody | null;
}

export class ScoreFormulaBody {
  @IsIn(['linear', ...unbuiltFormulas])
  @IsBuilt(unbuiltFormulas)
  type: 'linear' | (typeof unbuiltFormulas)[number];

  /** Of `expression`. */
  @Allow()
  expr?: string | null;
}

export class CompletionBody {
  @IsIn(['all_targets', 'any_target'])
  rule: 'all_targets' | 'any_target';
}

/** Shape of the board of an event (05 §6). */
export class LeaderboardBlockBody {
  @IsIn(['global', 'none', ...unbuiltBoardModes])
  @IsBuilt(unbuiltBoardModes)
  mode: 'global' | 'none' | (typeof unbuiltBoardModes)[number];

  @IsOptional()
  @IsIn(['best', 'latest', 'sum'])
  scoreAggregation?: 'best' | 'latest' | 'sum' | null;

  @IsOptional()
  @IsAbsentForNow()
  capacity?: unknown;

  @IsOptional()
  @IsAbsentForNow()
  fillTimeoutSeconds?: unknown;

  @IsOptional()
  @IsAbsentForNow()
  fillBots?: unknown;

  @IsOptional()
  @IsAbsentForNow()
  grouping?: unknown;

  @IsOptional()
  @IsAbsentForNow()
  segmentation?: unknown;

  @IsOptional()
  @IsAbsentForNow()
  matchmaking?: unknown;

  @IsOptional()
  @IsAbsentForNow()
  progression?: unknown;
}

/** Shape of the attempt block (05 §7). */
export class AttemptBlockBody {
  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(eventLimits.durationSecondsMax)
  durationSeconds?: number | null;

  @IsOptional()
  @IsBoolean()
  replayableDuringWindow?: boolean | null;

  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(eventLimits.attemptsMax)
  maxAttemptsPerWindow?: number | null;

  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(eventLimits.attemptsMax)
  maxAttemptsPerDay?: number | null;
}

/** A bundle by its key, or entries written into the policy: exactly one of the two. */
export class FixedBundleParametersBody {
  @IsOptional()
  @IsString()
  @Matches(keyPattern)
  rewardBundleKey?: string | null;

  @IsOptional()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(rewardLimits.entriesPerBundleMax)
  @IsObject({ each: true })
  @ValidateNested({ each: true })
  @Type(() => RewardEntryBody)
  entries?: RewardEntryBody[] | null;
}

export class EventRewardPolicyBody {
  @IsIn(['none', 'fixed_bundle', ...unbuiltPolicies])
  @IsBuilt(unbuiltPolicies)
  type: 'none' | 'fixed_bundle' | (typeof unbuiltPolicies)[number];

  @ValidateIf((policy: EventRewardPolicyBody) => policy.type === 'fixed_bundle')
  @IsDefined()
  @IsObject()
  @ValidateNested()
  @Type(() => FixedBundleParametersBody)
  parameters?: FixedBundleParametersBody | null;
}

/** Shape of an event in a configuration document. What its parts mean together is checked by the events service. */
export class EventDocumentEntryBody {
  @IsString()
  @Matches(keyPattern)
  @Matches(new RegExp(`^(?!${uuidShapePattern.source.slice(1)})`, 'i'))
  key: string;

  @IsOptional()
  @IsIn(['draft', 'scheduled'])
  status?: 'draft' | 'scheduled' | null;

  @IsOptional()
  @IsLocalized()
  name?: Localized | null;

  @IsOptional()
  @IsLocalized()
  description?: Localized | null;

  @IsOptional()
  @IsIn(['single_metric', 'multi_metric'])
  type?: 'single_metric' | 'multi_metric' | null;

  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => AvailabilityBody)
  availability?: AvailabilityBody | null;

  @IsOptional()
  @IsInt()
  @Min(1)
  @Max(eventLimits.scheduleAheadDaysMax)
  scheduleAheadDays?: number | null;

  @IsOptional()
  @IsMetadata()
  @AsItIs()
  metadata?: Json | null;

  @IsOptional()
  @IsArray()
  @ArrayMaxSize(eventLimits.metricsMax)
  @IsObject({ each: true })
  @ValidateNested({ each: true })
  @Type(() => MetricDefinitionBody)
  metrics?: MetricDefinitionBody[] | null;

  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => ScoreFormulaBody)
  scoreFormula?: ScoreFormulaBody | null;

  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => CompletionBody)
  completion?: CompletionBody | null;

  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => LeaderboardBlockBody)
  leaderboard?: LeaderboardBlockBody | null;

  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => AttemptBlockBody)
  attempt?: AttemptBlockBody | null;

  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => EventRewardPolicyBody)
  rewardPolicy?: EventRewardPolicyBody | null;

  @IsOptional()
  @IsEmptyForNow()
  contributesTo?: unknown;

  @IsOptional()
  @IsEmptyForNow()
  unlockCondition?: unknown;

  @IsOptional()
  @IsEmptyForNow()
  entryRequirement?: unknown;

  @IsOptional()
  @IsEmptyForNow()
  entryCost?: unknown;

  @IsOptional()
  @IsEmptyForNow()
  milestoneRewards?: unknown;

  @IsOptional()
  @IsEmptyForNow()
  botBindings?: unknown;

  @IsOptional()
  @IsEmptyForNow()
  antiCheat?: unknown;

  @IsOptional()
  @IsEmptyForNow()
  session?: unknown;

  @IsOptional()
  @IsEmptyForNow()
  windowOverrides?: unknown;
}

import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsNumber,
  IsObject,
  IsOptional,
  IsPositive,
  IsString,
  Length,
  Matches,
  Max,
  Min,
  NotEquals,
  ValidateNested,
} from 'class-validator';
import {
  AsItIs,
  IsInstant,
  IsLocalized,
  IsMetadata,
  IsMetricValue,
  keyPattern,
  limits,
  metricKeyPattern,
  OneOf,
  uuidShapePattern,
  type Iso,
  type Json,
  type Localized,
} from '../common/index.js';
import { expressionLimits } from '../expressions/index.js';
import { MilestoneRewardBody, policyClasses, RewardPolicyBody } from '../grants/reward-policy-body.js';
import { bindingLimits, BotBindingBody } from '../leaderboards/bot-binding-body.js';
import { AvailabilityBody } from './availability-body.js';
import { anyCondition, type ConditionBody } from './condition-body.js';
import { EntryCostBody } from './entry-cost-body.js';
import { eventLimits } from './event-limits.js';
import { LeaderboardBlockBody } from './leaderboard-block-body.js';
import { IsEmptyForNow } from './unbuilt.js';
import { AntiCheatBody } from './validator-body.js';

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

/** Shape of a score formula (05 §5); the class of its type says which fields it has. */
export class ScoreFormulaBody {
  @IsIn(['linear', 'expression'])
  type: 'linear' | 'expression';
}

class ExpressionFormulaBody extends ScoreFormulaBody {
  @IsString()
  @Length(1, expressionLimits.charactersMax)
  expr: string;
}

const formulaClasses = { linear: ScoreFormulaBody, expression: ExpressionFormulaBody };

export class CompletionBody {
  @IsIn(['all_targets', 'any_target'])
  rule: 'all_targets' | 'any_target';
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

/** Shape of the metadata of one window (05 §3). */
export class WindowOverrideBody {
  @IsInstant()
  startsAt: Iso;

  @IsMetadata()
  @AsItIs()
  metadata: Json;
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
  @OneOf('type', () => ScoreFormulaBody, () => formulaClasses)
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
  @OneOf('type', () => RewardPolicyBody, () => policyClasses)
  rewardPolicy?: RewardPolicyBody | null;

  @IsOptional()
  @IsArray()
  @ArrayMaxSize(eventLimits.contributesToMax)
  @IsString({ each: true })
  @Matches(keyPattern, { each: true })
  contributesTo?: string[] | null;

  @IsOptional()
  @IsObject()
  @ValidateNested()
  @OneOf(...anyCondition)
  unlockCondition?: ConditionBody | null;

  @IsOptional()
  @IsObject()
  @ValidateNested()
  @OneOf(...anyCondition)
  entryRequirement?: ConditionBody | null;

  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => EntryCostBody)
  entryCost?: EntryCostBody | null;

  @IsOptional()
  @IsArray()
  @ArrayMaxSize(eventLimits.milestonesMax)
  @IsObject({ each: true })
  @ValidateNested({ each: true })
  @Type(() => MilestoneRewardBody)
  milestoneRewards?: MilestoneRewardBody[] | null;

  @IsOptional()
  @IsArray()
  @ArrayMaxSize(bindingLimits.boardMax)
  @IsObject({ each: true })
  @ValidateNested({ each: true })
  @Type(() => BotBindingBody)
  botBindings?: BotBindingBody[] | null;

  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => AntiCheatBody)
  antiCheat?: AntiCheatBody | null;

  @IsOptional()
  @IsEmptyForNow()
  session?: unknown;

  @IsOptional()
  @IsArray()
  @ArrayMaxSize(eventLimits.windowOverridesMax)
  @IsObject({ each: true })
  @ValidateNested({ each: true })
  @Type(() => WindowOverrideBody)
  windowOverrides?: WindowOverrideBody[] | null;
}

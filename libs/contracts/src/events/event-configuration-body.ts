import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  ArrayUnique,
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
  Length,
  Matches,
  Max,
  Min,
  NotEquals,
  ValidateIf,
  ValidateNested,
} from 'class-validator';
import {
  IsInstant,
  IsLocalized,
  IsMetadata,
  IsMetricValue,
  keyPattern,
  limits,
  metricKeyPattern,
  uuidShapePattern,
  type Iso,
  type Json,
  type Localized,
} from '../common/index.js';
import { RewardEntryBody, rewardLimits } from '../grants/reward-configuration.js';

/** Bounds of an event's configuration (05 §§1, 2, 7). */
export const eventLimits = {
  metricsMax: 32,
  windowRulesMax: 32,
  durationSecondsMin: 60,
  durationSecondsMax: 31_622_400,
  scheduleAheadDaysMax: 365,
  /** The lookahead of an event that names none. */
  scheduleAheadDaysDefault: 7,
  attemptsMax: 1_000,
  timezoneCharactersMax: 64,
} as const;

export const availabilityModes = ['recurring_windows', 'fixed_window', 'always_on'] as const;

/** Shape of one rule of recurring windows. */
export class WindowRuleBody {
  @IsString()
  @Matches(/^([01]\d|2[0-3]):[0-5]\d$/)
  startTime: string;

  @IsInt()
  @Min(eventLimits.durationSecondsMin)
  @Max(eventLimits.durationSecondsMax)
  durationSeconds: number;

  @IsOptional()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayUnique()
  @IsInt({ each: true })
  @Min(0, { each: true })
  @Max(6, { each: true })
  daysOfWeek?: number[] | null;

  @IsOptional()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayUnique()
  @IsInt({ each: true })
  @Min(-1, { each: true })
  @Max(31, { each: true })
  @NotEquals(0, { each: true, context: { code: 'range' } })
  daysOfMonth?: number[] | null;

  @IsOptional()
  @IsIn(['elapsed', 'calendar'])
  durationMode?: 'elapsed' | 'calendar' | null;
}

const isRecurring = (body: AvailabilityBody): boolean => body.mode === 'recurring_windows';
const isFixed = (body: AvailabilityBody): boolean => body.mode === 'fixed_window';

/** Shape of an availability; the fields of its mode are required. */
export class AvailabilityBody {
  @IsIn(availabilityModes)
  mode: (typeof availabilityModes)[number];

  @ValidateIf((body: AvailabilityBody) => isRecurring(body) || (body.timezone ?? null) !== null)
  @IsString()
  @Length(1, eventLimits.timezoneCharactersMax)
  timezone?: string | null;

  @ValidateIf(isRecurring)
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(eventLimits.windowRulesMax)
  @ValidateNested({ each: true })
  @Type(() => WindowRuleBody)
  windows?: WindowRuleBody[] | null;

  @IsOptional()
  @IsString()
  startsOn?: string | null;

  @IsOptional()
  @IsString()
  endsOn?: string | null;

  @ValidateIf(isFixed)
  @IsInstant()
  startsAt?: Iso | null;

  @ValidateIf(isFixed)
  @IsInstant()
  endsAt?: Iso | null;
}

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
  @IsIn(['linear'])
  type: 'linear';
}

export class CompletionBody {
  @IsIn(['all_targets', 'any_target'])
  rule: 'all_targets' | 'any_target';
}

/** Shape of the board of an event (05 §6). */
export class LeaderboardBlockBody {
  @IsIn(['global', 'none'])
  mode: 'global' | 'none';

  @IsOptional()
  @IsIn(['best', 'latest', 'sum'])
  scoreAggregation?: 'best' | 'latest' | 'sum' | null;
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
  @ValidateNested({ each: true })
  @Type(() => RewardEntryBody)
  entries?: RewardEntryBody[] | null;
}

export class EventRewardPolicyBody {
  @IsIn(['none', 'fixed_bundle'])
  type: 'none' | 'fixed_bundle';

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
  metadata?: Json | null;

  @IsOptional()
  @IsArray()
  @ArrayMaxSize(eventLimits.metricsMax)
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
}

import {
  ArrayMaxSize,
  ArrayMinSize,
  ArrayUnique,
  IsArray,
  IsIn,
  IsInt,
  IsObject,
  IsOptional,
  IsString,
  Length,
  Matches,
  Max,
  Min,
  ValidateNested,
} from 'class-validator';
import { IsAmount, IsInstant, IsMetricValue, keyPattern, limits, OneOf, type Iso } from '../common/index.js';
import { IsContextValue } from './context-value.js';
import type { ConditionPeriod } from './conditions.js';

/** Bounds of a condition (05 §11). */
export const conditionLimits = {
  membersMax: 16,
  depthMax: 8,
  nodesMax: 64,
  contextValuesMax: 100,
  countriesMax: 250,
  /** A hundred years. */
  playerAgeSecondsMax: 3_155_760_000,
} as const;

const leafTypes = [
  'completed_event_at_least_once',
  'completed_event_times_at_least',
  'has_item',
  'currency_at_least',
  'progression_at_least',
  'context_equals',
  'context_in',
  'context_at_least',
  'context_at_most',
  'country_in',
  'player_age_at_least',
  'time_between',
  'always',
  'never',
] as const;

export const conditionTypes = ['not', 'and', 'or', ...leafTypes] as const;

const periods = ['lifetime', 'current_window'] as const;

/** Of a field that holds a condition. */
export const anyCondition = [
  'type',
  (): typeof ConditionBody => ConditionBody,
  (): Record<string, new () => ConditionBody> => conditionClasses,
] as const;

/** Shape of a condition (05 §11); the class of its type says which fields it has. */
export class ConditionBody {
  @IsIn(conditionTypes)
  type: (typeof conditionTypes)[number];
}

class NotBody extends ConditionBody {
  @IsObject()
  @ValidateNested()
  @OneOf(...anyCondition)
  condition: ConditionBody;
}

class SeveralBody extends ConditionBody {
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(conditionLimits.membersMax)
  @IsObject({ each: true })
  @ValidateNested({ each: true })
  @OneOf(...anyCondition)
  conditions: ConditionBody[];
}

class CompletedEventBody extends ConditionBody {
  @IsString()
  @Matches(keyPattern)
  eventKey: string;

  @IsOptional()
  @IsIn(periods)
  within?: ConditionPeriod | null;
}

class CompletedEventTimesBody extends CompletedEventBody {
  @IsAmount({ context: { code: 'range' } })
  count: number;
}

class HasItemBody extends ConditionBody {
  @IsString()
  @Matches(keyPattern)
  itemKey: string;

  @IsOptional()
  @IsAmount({ context: { code: 'range' } })
  quantity?: number | null;
}

class CurrencyAtLeastBody extends ConditionBody {
  @IsString()
  @Matches(keyPattern)
  currencyKey: string;

  @IsAmount({ context: { code: 'range' } })
  amount: number;
}

class ProgressionAtLeastBody extends ConditionBody {
  @IsString()
  @Matches(keyPattern)
  economyKey: string;

  @IsAmount({ context: { code: 'range' } })
  amount: number;
}

class OfContextBody extends ConditionBody {
  @IsString()
  @Length(1, limits.metadataKeyCharactersMax)
  key: string;
}

class ContextEqualsBody extends OfContextBody {
  @IsContextValue()
  value: string | number | boolean;
}

class ContextInBody extends OfContextBody {
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(conditionLimits.contextValuesMax)
  @IsContextValue({ each: true })
  values: (string | number | boolean)[];
}

class ContextNumberBody extends OfContextBody {
  @IsMetricValue({ context: { code: 'range' } })
  value: number;
}

class CountryInBody extends ConditionBody {
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(conditionLimits.countriesMax)
  @ArrayUnique()
  @IsString({ each: true })
  @Matches(/^[A-Z]{2}$/, { each: true })
  countries: string[];
}

class PlayerAgeBody extends ConditionBody {
  @IsInt()
  @Min(0)
  @Max(conditionLimits.playerAgeSecondsMax)
  seconds: number;
}

class TimeBetweenBody extends ConditionBody {
  @IsOptional()
  @IsInstant()
  from?: Iso | null;

  @IsOptional()
  @IsInstant()
  to?: Iso | null;
}

export const conditionClasses: Record<(typeof conditionTypes)[number], new () => ConditionBody> = {
  not: NotBody,
  and: SeveralBody,
  or: SeveralBody,
  completed_event_at_least_once: CompletedEventBody,
  completed_event_times_at_least: CompletedEventTimesBody,
  has_item: HasItemBody,
  currency_at_least: CurrencyAtLeastBody,
  progression_at_least: ProgressionAtLeastBody,
  context_equals: ContextEqualsBody,
  context_in: ContextInBody,
  context_at_least: ContextNumberBody,
  context_at_most: ContextNumberBody,
  country_in: CountryInBody,
  player_age_at_least: PlayerAgeBody,
  time_between: TimeBetweenBody,
  always: ConditionBody,
  never: ConditionBody,
};

import { Type } from 'class-transformer';
import {
  Allow,
  ArrayMaxSize,
  IsArray,
  IsIn,
  IsNumber,
  IsObject,
  IsOptional,
  IsPositive,
  IsString,
  Matches,
  Max,
  Min,
  ValidateNested,
} from 'class-validator';
import { IsMetricValue, limits, metricKeyPattern, OneOf } from '../common/index.js';
import type { ValidatorKey } from './anti-cheat.js';
import { eventLimits } from './event-limits.js';

const validatorKeys: readonly ValidatorKey[] = ['max_metric_rate', 'max_metric_jump', 'min_attempt_duration'];

/** Shape of a validator (05 §14); the class of its key says what its parameters are. */
export class ValidatorBody {
  @IsIn(validatorKeys)
  key: ValidatorKey;

  /** Of an unknown validator nothing more is said than that it is unknown. */
  @Allow()
  params?: unknown;
}

class ValidatorParametersBody {
  @IsOptional()
  @IsIn(['flag', 'reject'])
  verdict?: 'flag' | 'reject' | null;

  @IsString()
  @Matches(metricKeyPattern)
  metricKey: string;
}

class RateParametersBody extends ValidatorParametersBody {
  @IsNumber()
  @IsPositive()
  @Max(limits.scoreAbsoluteMax)
  maxPerSecond: number;
}

class JumpParametersBody extends ValidatorParametersBody {
  @IsOptional()
  @IsNumber()
  @IsPositive()
  @Max(limits.scoreAbsoluteMax)
  maxDelta?: number | null;

  @IsOptional()
  @IsNumber()
  @IsPositive()
  @Max(limits.scoreAbsoluteMax)
  maxRatio?: number | null;
}

class DurationParametersBody extends ValidatorParametersBody {
  @IsNumber()
  @Min(0)
  @Max(eventLimits.durationSecondsMax)
  minSeconds: number;

  @IsOptional()
  @IsMetricValue({ context: { code: 'range' } })
  target?: number | null;
}

class RateBody extends ValidatorBody {
  @IsObject()
  @ValidateNested()
  @Type(() => RateParametersBody)
  override params: RateParametersBody;
}

class JumpBody extends ValidatorBody {
  @IsObject()
  @ValidateNested()
  @Type(() => JumpParametersBody)
  override params: JumpParametersBody;
}

class DurationBody extends ValidatorBody {
  @IsObject()
  @ValidateNested()
  @Type(() => DurationParametersBody)
  override params: DurationParametersBody;
}

const validatorClasses: Record<ValidatorKey, new () => ValidatorBody> = {
  max_metric_rate: RateBody,
  max_metric_jump: JumpBody,
  min_attempt_duration: DurationBody,
};

/** Shape of the anti-cheat block. */
export class AntiCheatBody {
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(eventLimits.validatorsMax)
  @IsObject({ each: true })
  @ValidateNested({ each: true })
  @OneOf('key', () => ValidatorBody, () => validatorClasses)
  validators?: ValidatorBody[] | null;
}

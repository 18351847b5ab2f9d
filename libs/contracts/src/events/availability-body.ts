import { Type } from 'class-transformer';
import {
  Allow,
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
  NotEquals,
  ValidateIf,
  ValidateNested,
} from 'class-validator';
import { IsInstant, type Iso } from '../common/index.js';
import { eventLimits } from './event-limits.js';
import { IsBuilt } from './unbuilt.js';

const unbuiltModes = ['personal_windows', 'local_calendar'] as const;
export const availabilityModes = ['recurring_windows', 'fixed_window', 'always_on', ...unbuiltModes] as const;

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
  @IsBuilt(unbuiltModes)
  mode: (typeof availabilityModes)[number];

  @ValidateIf((body: AvailabilityBody) => isRecurring(body) || (body.timezone ?? null) !== null)
  @IsString()
  @Length(1, eventLimits.timezoneCharactersMax)
  timezone?: string | null;

  @ValidateIf(isRecurring)
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(eventLimits.windowRulesMax)
  @IsObject({ each: true })
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

  /** Of `personal_windows`. */
  @Allow()
  durationSeconds?: number | null;

  /** Of `personal_windows`. */
  @Allow()
  cooldownSeconds?: number | null;
}

import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsObject,
  IsOptional,
  IsString,
  Matches,
  Max,
  Min,
  ValidateBy,
  ValidateIf,
  ValidateNested,
  type ValidationOptions,
} from 'class-validator';
import {
  AsItIs,
  IsLocalized,
  isPlainObject,
  isStorable,
  keyPattern,
  limits,
  type Json,
  type Localized,
} from '../common/index.js';
import type { Amount } from './rewards.js';

/** Bounds of rewards (07 §1). */
export const rewardLimits = {
  entriesPerBundleMax: 50,
  /** A player reads up to 200 grants in one reply, each with all that it gives. */
  payoutBytesMax: 64 * 1024,
  /** Entries of one payout after every table is rolled. */
  expandedEntriesMax: 200,
  weightedEntriesMax: 200,
  weightMax: 1_000_000,
  /** Times one table entry is rolled. */
  rollsMax: 100,
  /** Tables on one path from a payout to an outcome. */
  tableDepthMax: 4,
} as const;

/** Words a reward entry may begin with. */
export const rewardEntryTypes = ['currency', 'item', 'crate', 'table'] as const;

/** A fixed integer of at least 1, or a range whose step fits into it (07 §1). */
export function isRewardAmount(value: unknown): value is Amount {
  if (typeof value === 'number') return isWithin(value, 1);
  if (!isPlainObject(value)) return false;
  const { min, max, step } = value as { min: unknown; max: unknown; step?: unknown };
  if (!isWithin(min, 0) || !isWithin(max, Math.max(1, min))) return false;
  if (step === undefined || step === null) return true;
  return isWithin(step, 1) && (max === min || step <= max - min);
}

function isWithin(value: unknown, least: number): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= least && value <= limits.amountMax;
}

/** A number of a reward: fixed, or `{ min, max, step? }`. Issue code: `range`. */
export function IsRewardAmount(options?: ValidationOptions): PropertyDecorator {
  return named(
    'isRewardAmount',
    isRewardAmount,
    `must be an integer from 1 to ${limits.amountMax} or a range`,
    options,
  );
}

/** How often a table is rolled: an amount whose largest value is at most 100. */
export function isRolls(value: unknown): value is Amount {
  return isRewardAmount(value) && (typeof value === 'number' ? value : value.max) <= rewardLimits.rollsMax;
}

/** Rolls of a table. Issue code: `range`. */
export function IsRolls(options?: ValidationOptions): PropertyDecorator {
  return named('isRolls', isRolls, `must be an integer from 1 to ${rewardLimits.rollsMax} or a range within`, options);
}

/** True for an object within 4 KiB as JSON (01 §11) that the database can keep. */
export function isItemParameters(value: unknown): value is Json {
  if (!isPlainObject(value) || !isStorable(value)) return false;
  return Buffer.byteLength(JSON.stringify(value)) <= limits.itemParametersBytesMax;
}

/** Parameters stamped on an item. Issue code: `length`. */
export function IsItemParameters(options?: ValidationOptions): PropertyDecorator {
  const message = `must be an object of at most ${limits.itemParametersBytesMax} bytes`;
  return named('isItemParameters', isItemParameters, message, options);
}

/** One entry of a bundle as a document states it; the fields of its type are required, the others are not looked at. */
export class RewardEntryBody {
  @IsIn(rewardEntryTypes)
  type: (typeof rewardEntryTypes)[number];

  @ValidateIf((entry: RewardEntryBody) => entry.type === 'currency')
  @IsString()
  @Matches(keyPattern)
  currencyKey?: string;

  @ValidateIf((entry: RewardEntryBody) => entry.type === 'currency')
  @IsRewardAmount()
  amount?: Amount;

  @ValidateIf((entry: RewardEntryBody) => entry.type === 'item')
  @IsString()
  @Matches(keyPattern)
  itemKey?: string;

  @ValidateIf((entry: RewardEntryBody) => entry.type === 'item' || entry.type === 'crate')
  @IsRewardAmount()
  quantity?: Amount;

  @IsOptional()
  @IsItemParameters()
  @AsItIs()
  parameters?: Json;

  @ValidateIf((entry: RewardEntryBody) => entry.type === 'crate')
  @IsString()
  @Matches(keyPattern)
  crateItemKey?: string;

  @ValidateIf((entry: RewardEntryBody) => entry.type === 'table')
  @IsString()
  @Matches(keyPattern)
  tableKey?: string;

  @IsOptional()
  @IsRolls()
  rolls?: Amount;
}

/** One outcome of a table. */
export class WeightedEntryBody {
  @IsInt()
  @Min(1)
  @Max(rewardLimits.weightMax)
  weight: number;

  @IsObject()
  @ValidateNested()
  @Type(() => RewardEntryBody)
  entry: RewardEntryBody;
}

/** Shape of a reward table in a configuration document (04 §7). */
export class RewardTableConfigurationBody {
  @IsString()
  @Matches(keyPattern)
  key: string;

  @IsLocalized()
  name: Localized;

  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(rewardLimits.weightedEntriesMax)
  @IsObject({ each: true })
  @ValidateNested({ each: true })
  @Type(() => WeightedEntryBody)
  weightedEntries: WeightedEntryBody[];

  @IsOptional()
  @IsRolls()
  rolls?: Amount;

  @IsOptional()
  @IsBoolean()
  withReplacement?: boolean;
}

/** Shape of a reward bundle in a configuration document (04 §7). */
export class RewardBundleConfigurationBody {
  @IsString()
  @Matches(keyPattern)
  key: string;

  @IsLocalized()
  name: Localized;

  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(rewardLimits.entriesPerBundleMax)
  @IsObject({ each: true })
  @ValidateNested({ each: true })
  @Type(() => RewardEntryBody)
  entries: RewardEntryBody[];
}

function named(
  name: string,
  holds: (value: unknown) => boolean,
  message: string,
  options?: ValidationOptions,
): PropertyDecorator {
  return ValidateBy({ name, validator: { validate: holds, defaultMessage: () => `$property ${message}` } }, options);
}

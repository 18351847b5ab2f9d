import { Type } from 'class-transformer';
import { IsInt, IsObject, IsOptional, IsString, Matches, Max, Min, ValidateBy, ValidateNested } from 'class-validator';
import { AsItIs, IsAmount, isPlainObject, keyPattern, limits } from '../common/index.js';
import { boardLimits } from './board-limits.js';
import type { Ladder, LadderSide } from './segmentation.js';

export class LadderSideBody {
  @IsInt()
  @Min(1)
  @Max(boardLimits.ladderPlacesMax)
  places: number;

  @IsOptional()
  @IsAmount({ context: { code: 'range' } })
  amount?: number | null;
}

/** Shape of a ladder (06 §9). */
export class LadderBody {
  @IsString()
  @Matches(keyPattern)
  itemKey: string;

  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => LadderSideBody)
  promote?: LadderSideBody | null;

  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => LadderSideBody)
  relegate?: LadderSideBody | null;

  @IsOptional()
  @IsPerDivision()
  @AsItIs()
  perDivision?: Ladder['perDivision'] | null;
}

/** At most 32 divisions, each with sides of its own or null for none. Issue code: `format`. */
function IsPerDivision(): PropertyDecorator {
  const defaultMessage = () =>
    '$property must name divisions, each with { promote?, relegate? } of { places, amount? }';
  return ValidateBy({ name: 'isPerDivision', validator: { validate: isPerDivision, defaultMessage } });
}

function isPerDivision(value: unknown): boolean {
  if (!isPlainObject(value)) return false;
  const divisions = Object.entries(value);
  if (divisions.length > boardLimits.ladderDivisionsMax) return false;
  return divisions.every(
    ([key, sides]) => key.length >= 1 && key.length <= boardLimits.segmentCharactersMax && areSides(sides),
  );
}

function areSides(value: unknown): boolean {
  if (!isPlainObject(value)) return false;
  return Object.entries(value).every(
    ([name, side]) => (name === 'promote' || name === 'relegate') && (side === null || isSide(side)),
  );
}

function isSide(value: unknown): value is LadderSide {
  if (!isPlainObject(value)) return false;
  const { places, amount = 1, ...others } = value;
  return (
    Object.keys(others).length === 0 &&
    isWithin(places, boardLimits.ladderPlacesMax) &&
    isWithin(amount ?? 1, limits.amountMax)
  );
}

function isWithin(value: unknown, most: number): boolean {
  return typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= most;
}

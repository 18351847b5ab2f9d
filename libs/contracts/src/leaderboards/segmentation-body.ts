import { Type } from 'class-transformer';
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
import { IsStorable, keyPattern, limits, OneOf } from '../common/index.js';
import { boardLimits } from './board-limits.js';

const axisTypes = ['context', 'progression', 'country'] as const;
export const segmentationTypes = ['none', ...axisTypes, 'combined'] as const;

/** Shape of a segmentation (06 §4.2); the class of its type says which fields it has. */
export class SegmentationBody {
  @IsIn(segmentationTypes)
  type: (typeof segmentationTypes)[number];
}

/** An axis that is none of the kinds there are. */
class AxisBody {
  @IsIn(axisTypes)
  type: (typeof axisTypes)[number];
}

class ContextAxisBody extends SegmentationBody {
  @IsString()
  @Length(1, limits.metadataKeyCharactersMax)
  key: string;

  @IsOptional()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(boardLimits.segmentValuesMax)
  @ArrayUnique()
  @IsString({ each: true })
  @Length(1, boardLimits.segmentCharactersMax, { each: true })
  values?: string[] | null;

  @IsOptional()
  @IsString()
  @Length(1, boardLimits.segmentCharactersMax)
  fallback?: string | null;
}

export class DivisionBody {
  @IsString()
  @Length(1, boardLimits.segmentCharactersMax)
  @IsStorable()
  key: string;

  @IsInt()
  @Min(0)
  @Max(limits.amountMax)
  min: number;
}

class ProgressionAxisBody extends SegmentationBody {
  @IsString()
  @Matches(keyPattern)
  economyKey: string;

  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(boardLimits.divisionsMax)
  @IsObject({ each: true })
  @ValidateNested({ each: true })
  @Type(() => DivisionBody)
  divisions: DivisionBody[];
}

class CountryAxisBody extends SegmentationBody {
  @IsOptional()
  @IsString()
  @Length(1, boardLimits.segmentCharactersMax)
  fallback?: string | null;
}

const axisClasses: Record<string, new () => SegmentationBody> = {
  context: ContextAxisBody,
  progression: ProgressionAxisBody,
  country: CountryAxisBody,
};

class CombinedBody extends SegmentationBody {
  @IsArray()
  @ArrayMinSize(boardLimits.axesMin)
  @ArrayMaxSize(boardLimits.axesMax)
  @IsObject({ each: true })
  @ValidateNested({ each: true })
  @OneOf('type', () => AxisBody, () => axisClasses)
  axes: SegmentationBody[];
}

export const segmentationClasses: Record<string, new () => SegmentationBody> = {
  none: SegmentationBody,
  ...axisClasses,
  combined: CombinedBody,
};

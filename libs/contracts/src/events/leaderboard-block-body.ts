import { Type } from 'class-transformer';
import { IsIn, IsInt, IsObject, IsOptional, IsString, Length, Max, Min, ValidateNested } from 'class-validator';
import { limits, OneOf } from '../common/index.js';
import { boardLimits } from '../leaderboards/board-limits.js';
import { LadderBody } from '../leaderboards/ladder-body.js';
import { SegmentationBody, segmentationClasses } from '../leaderboards/segmentation-body.js';
import { eventLimits } from './event-limits.js';
import { IsAbsentForNow, IsBuilt } from './unbuilt.js';

const unbuiltBoardModes = ['lobby_matched'] as const;
/** `global_segmented` is another name of `segmented` (05 §6). */
const boardModes = ['global', 'none', 'grouped', 'segmented', 'global_segmented', ...unbuiltBoardModes] as const;

/** Who shares a group; the class of `by` says which fields there are. */
export class GroupingBody {
  @IsIn(['arrival', 'context'])
  by: 'arrival' | 'context';
}

class ContextGroupingBody extends GroupingBody {
  @IsString()
  @Length(1, limits.metadataKeyCharactersMax)
  key: string;

  @IsOptional()
  @IsString()
  @Length(1, boardLimits.segmentCharactersMax)
  fallback?: string | null;
}

const groupingClasses = { arrival: GroupingBody, context: ContextGroupingBody };

/** Shape of the board of an event (05 §6). */
export class LeaderboardBlockBody {
  @IsIn(boardModes)
  @IsBuilt(unbuiltBoardModes)
  mode: (typeof boardModes)[number];

  @IsOptional()
  @IsIn(['best', 'latest', 'sum'])
  scoreAggregation?: 'best' | 'latest' | 'sum' | null;

  /** Of `grouped`; says nothing elsewhere. */
  @IsOptional()
  @IsInt()
  @Min(eventLimits.capacityMin)
  @Max(eventLimits.capacityMax)
  capacity?: number | null;

  /** Of `grouped`. */
  @IsOptional()
  @IsObject()
  @ValidateNested()
  @OneOf('by', () => GroupingBody, () => groupingClasses)
  grouping?: GroupingBody | null;

  /** Of `segmented`. */
  @IsOptional()
  @IsObject()
  @ValidateNested()
  @OneOf('type', () => SegmentationBody, () => segmentationClasses)
  segmentation?: SegmentationBody | null;

  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => LadderBody)
  progression?: LadderBody | null;

  @IsOptional()
  @IsAbsentForNow()
  fillTimeoutSeconds?: unknown;

  @IsOptional()
  @IsAbsentForNow()
  fillBots?: unknown;

  @IsOptional()
  @IsAbsentForNow()
  matchmaking?: unknown;
}

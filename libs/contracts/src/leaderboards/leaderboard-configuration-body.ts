import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsBoolean,
  IsIn,
  IsObject,
  IsOptional,
  IsString,
  Length,
  Matches,
  ValidateIf,
  ValidateNested,
} from 'class-validator';
import { IsLocalized, keyPattern, OneOf, type Localized } from '../common/index.js';
import { BotBindingBody } from './bot-binding-body.js';
import { boardLimits } from './board-limits.js';
import { LadderBody } from './ladder-body.js';
import { SegmentationBody, segmentationClasses } from './segmentation-body.js';

export class RankByBody {
  @IsIn(['score', 'progression'])
  type: 'score' | 'progression';

  @ValidateIf((rankBy: RankByBody) => rankBy.type === 'progression')
  @IsString()
  @Matches(keyPattern)
  economyKey?: string;
}

/** Shape of a binding of a defined board: bots of one definition in some segments, or in all (06 §10). */
export class SegmentBotBindingBody extends BotBindingBody {
  @IsOptional()
  @IsArray()
  @ArrayMaxSize(boardLimits.segmentValuesMax)
  @IsString({ each: true })
  @Length(1, boardLimits.segmentCharactersMax, { each: true })
  segments?: string[] | null;
}

/** Shape of a board of the game's own in a configuration document (06 §3). */
export class LeaderboardConfigurationBody {
  @IsString()
  @Matches(keyPattern)
  key: string;

  @IsLocalized()
  name: Localized;

  @IsOptional()
  @IsIn(['game', 'studio'])
  scope?: 'game' | 'studio';

  @IsIn(['never', 'weekly', 'monthly'])
  resetCadence: 'never' | 'weekly' | 'monthly';

  @IsOptional()
  @IsIn(['best', 'latest', 'sum'])
  scoreAggregation?: 'best' | 'latest' | 'sum';

  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => RankByBody)
  rankBy?: RankByBody;

  @IsOptional()
  @IsObject()
  @ValidateNested()
  @OneOf('type', () => SegmentationBody, () => segmentationClasses)
  segmentation?: SegmentationBody;

  @IsOptional()
  @IsBoolean()
  acceptClientScores?: boolean | null;

  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => LadderBody)
  progression?: LadderBody | null;

  @IsOptional()
  @IsArray()
  @ArrayMaxSize(boardLimits.bindingsMax)
  @IsObject({ each: true })
  @ValidateNested({ each: true })
  @Type(() => SegmentBotBindingBody)
  botBindings?: SegmentBotBindingBody[];
}

import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsObject,
  IsOptional,
  IsString,
  Matches,
  ValidateNested,
} from 'class-validator';
import { keyPattern } from '../common/index.js';
import { RewardEntryBody, rewardLimits } from './reward-configuration.js';

/** A bundle, or entries of its own: exactly one of the two, which the owner of the whole checks. */
export class RewardContentsBody {
  @IsOptional()
  @IsString()
  @Matches(keyPattern)
  rewardBundleKey?: string | null;

  /** The name of `rewardBundleKey` on the API; takes the key too (decision 0010). */
  @IsOptional()
  @IsString()
  @Matches(keyPattern)
  rewardBundleId?: string | null;

  @IsOptional()
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(rewardLimits.entriesPerBundleMax)
  @IsObject({ each: true })
  @ValidateNested({ each: true })
  @Type(() => RewardEntryBody)
  entries?: RewardEntryBody[] | null;
}

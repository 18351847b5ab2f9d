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
  Length,
  Matches,
  Max,
  MaxLength,
  Min,
  ValidateNested,
} from 'class-validator';
import { AsItIs, IsLocalized, IsMetadata, keyPattern, limits, type Json, type Localized } from '../common/index.js';
import { RewardContentsBody } from '../grants/reward-contents-body.js';
import { IsRolls } from '../grants/reward-configuration.js';
import type { Amount } from '../grants/rewards.js';
import type { Gifting, ItemTypeConfiguration } from './catalog.js';

/** Bounds of the catalog's fields (04 §7). */
export const catalogLimits = {
  iconUrlCharactersMax: 2_048,
  rarityCharactersMax: 64,
  tagsMax: 20,
  tagCharactersMax: 64,
  /** Steps of a derived progression (08 §8). */
  thresholdsMax: 1_000,
  startLevelMax: 1_000_000,
  levelRewardsMax: 1_000,
} as const;

/** Shape of the rules for gifts. */
export class GiftingBody implements Gifting {
  @IsBoolean()
  giftable: boolean;

  @IsInt()
  @Min(1)
  @Max(limits.amountMax)
  maxAmount: number;

  @IsBoolean()
  costsSender: boolean;
}

/** What opening a crate rolls. */
export class CrateBody {
  @IsString()
  @Matches(keyPattern)
  tableKey: string;

  @IsOptional()
  @IsRolls()
  rolls?: Amount;
}

/** Shape of a type of items (04 §7). */
export class ItemTypeConfigurationBody implements ItemTypeConfiguration {
  @IsString()
  @Matches(keyPattern)
  key: string;

  @IsLocalized()
  name: Localized;

  @IsBoolean()
  stackable: boolean;
}

/** What one level pays, once for ever. */
export class LevelRewardBody extends RewardContentsBody {
  @IsInt()
  @Min(0)
  @Max(limits.amountMax)
  level: number;
}

/** Shape of what a derived progression follows (08 §8). */
export class DerivedFromBody {
  @IsString()
  @Matches(keyPattern)
  sourceKey: string;

  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(catalogLimits.thresholdsMax)
  @IsInt({ each: true })
  @Min(0, { each: true })
  @Max(limits.amountMax, { each: true })
  thresholds: number[];

  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(catalogLimits.startLevelMax)
  startLevel?: number;

  @IsOptional()
  @IsArray()
  @ArrayMaxSize(catalogLimits.levelRewardsMax)
  @IsObject({ each: true })
  @ValidateNested({ each: true })
  @Type(() => LevelRewardBody)
  levelRewards?: LevelRewardBody[];
}

/** Shape of an item in a configuration document; what it refers to is checked by the economy (04 §7). */
export class ItemConfigurationBody {
  @IsString()
  @Matches(keyPattern)
  key: string;

  @IsLocalized()
  name: Localized;

  @IsOptional()
  @IsLocalized()
  description?: Localized | null;

  @IsOptional()
  @IsString()
  @Length(1, catalogLimits.iconUrlCharactersMax)
  iconUrl?: string | null;

  @IsOptional()
  @IsString()
  @Matches(keyPattern)
  itemTypeKey?: string;

  @IsOptional()
  @IsArray()
  @ArrayMaxSize(catalogLimits.tagsMax)
  @IsString({ each: true })
  @Length(1, catalogLimits.tagCharactersMax, { each: true })
  tags?: string[];

  @IsOptional()
  @IsString()
  @MaxLength(catalogLimits.rarityCharactersMax)
  rarity?: string | null;

  @IsOptional()
  @IsMetadata()
  @AsItIs()
  attributes?: Json;

  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => CrateBody)
  crate?: CrateBody | null;

  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => GiftingBody)
  gifting?: GiftingBody | null;
}

/** Shape of a currency or progression in a configuration document (04 §7). */
export class CurrencyConfigurationBody {
  @IsString()
  @Matches(keyPattern)
  key: string;

  @IsLocalized()
  name: Localized;

  @IsOptional()
  @IsLocalized()
  description?: Localized | null;

  @IsOptional()
  @IsString()
  @Length(1, catalogLimits.iconUrlCharactersMax)
  iconUrl?: string | null;

  @IsIn(['currency', 'progression'])
  kind: 'currency' | 'progression';

  @IsOptional()
  @IsInt()
  @Min(0)
  @Max(limits.amountMax)
  initialBalance?: number;

  @IsOptional()
  @IsBoolean()
  clientWritable?: boolean;

  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => GiftingBody)
  gifting?: GiftingBody | null;

  @IsOptional()
  @IsObject()
  @ValidateNested()
  @Type(() => DerivedFromBody)
  derivedFrom?: DerivedFromBody | null;
}

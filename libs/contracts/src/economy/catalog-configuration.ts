import {
  ArrayMaxSize,
  IsArray,
  IsBoolean,
  IsIn,
  IsInt,
  IsOptional,
  IsString,
  Length,
  Matches,
  Max,
  MaxLength,
  Min,
} from 'class-validator';
import { AsItIs, IsLocalized, IsMetadata, keyPattern, limits, type Json, type Localized } from '../common/index.js';
import type { CurrencyConfiguration, ItemConfiguration } from './catalog.js';

/** Bounds of the catalog's fields (04 §7). */
export const catalogLimits = {
  iconUrlCharactersMax: 2_048,
  rarityCharactersMax: 64,
  tagsMax: 20,
  tagCharactersMax: 64,
} as const;

/** Shape of an item in a configuration document; what it refers to is checked by the economy (04 §7). */
export class ItemConfigurationBody implements ItemConfiguration {
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
}

/** Shape of a currency or progression in a configuration document (04 §7). */
export class CurrencyConfigurationBody implements CurrencyConfiguration {
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
}

import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsObject,
  IsOptional,
  IsString,
  Length,
  Matches,
  MaxLength,
  ValidateBy,
  ValidateNested,
} from 'class-validator';
import {
  AsItIs,
  IsLocalized,
  isPlainObject,
  isStorable,
  keyPattern,
  type Json,
  type Localized,
} from '../common/index.js';
import { behaviorLimits } from './bot-block-rules.js';

/** Bounds of bots and identity pools (04 §6, 10 §3.1). */
export const botLimits = {
  descriptionCharactersMax: 2_000,
  tagsMax: 20,
  tagCharactersMax: 64,
  identitiesMax: 10_000,
  identityNameCharactersMax: 40,
  identityAvatarCharactersMax: 512,
} as const;

/** An object that can be kept; what is wrong inside makes the bot invalid, not refused. Issue code: `length`. */
function IsBehavior(): PropertyDecorator {
  const validate = (value: unknown) =>
    isPlainObject(value) && isStorable(value) && Buffer.byteLength(JSON.stringify(value)) <= behaviorLimits.bytesMax;
  const defaultMessage = () => `$property must be an object of at most ${behaviorLimits.bytesMax} bytes`;
  return ValidateBy({ name: 'isBehavior', validator: { validate, defaultMessage } });
}

/** Shape of a bot in a configuration document (10 §1). */
export class BotConfigurationBody {
  @IsString()
  @Matches(keyPattern)
  key: string;

  @IsLocalized()
  name: Localized;

  @IsOptional()
  @IsString()
  @MaxLength(botLimits.descriptionCharactersMax)
  description?: string | null;

  @IsOptional()
  @IsArray()
  @ArrayMaxSize(botLimits.tagsMax)
  @IsString({ each: true })
  @Length(1, botLimits.tagCharactersMax, { each: true })
  tags?: string[] | null;

  @IsBehavior()
  @AsItIs()
  behavior: Json;

  @IsOptional()
  @IsString()
  @Matches(keyPattern)
  identityPoolKey?: string | null;
}

export class IdentityBody {
  @IsString()
  @Length(1, botLimits.identityNameCharactersMax)
  name: string;

  @IsOptional()
  @IsString()
  @MaxLength(botLimits.identityAvatarCharactersMax)
  avatar?: string | null;

  @IsOptional()
  @IsString()
  @Matches(/^[A-Z]{2}$/)
  country?: string | null;
}

/** Shape of an identity pool in a configuration document (10 §3.1). */
export class IdentityPoolConfigurationBody {
  @IsString()
  @Matches(keyPattern)
  key: string;

  @IsLocalized()
  name: Localized;

  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(botLimits.identitiesMax)
  @IsObject({ each: true })
  @ValidateNested({ each: true })
  @Type(() => IdentityBody)
  entries: IdentityBody[];
}

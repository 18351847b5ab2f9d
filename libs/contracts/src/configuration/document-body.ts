import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsIn,
  IsObject,
  IsOptional,
  IsString,
  Matches,
  ValidateBy,
  ValidateNested,
} from 'class-validator';
import { keyPattern } from '../common/index.js';
import {
  CurrencyConfigurationBody,
  ItemConfigurationBody,
  ItemTypeConfigurationBody,
} from '../economy/catalog-configuration.js';
import { EventDocumentEntryBody } from '../events/event-configuration-body.js';
import { RewardBundleConfigurationBody, RewardTableConfigurationBody } from '../grants/reward-configuration.js';
import { BotConfigurationBody, IdentityPoolConfigurationBody } from '../leaderboards/bot-configuration-body.js';
import { LeaderboardConfigurationBody } from '../leaderboards/leaderboard-configuration-body.js';

/** Objects a section may hold. */
export const sectionObjectsMax = 10_000;

/** A section that later features bring: it may stand in a document, empty. Issue code: `unsupported`. */
function IsEmptyUntilItComes(): PropertyDecorator {
  const validate = (value: unknown) => Array.isArray(value) && value.length === 0;
  const defaultMessage = () => '$property is not supported by this version; leave it out';
  return ValidateBy(
    { name: 'isEmptyUntilItComes', validator: { validate, defaultMessage } },
    { context: { code: 'unsupported' } },
  );
}

export class GameReferenceBody {
  @IsString()
  @Matches(keyPattern)
  slug: string;
}

/** Shape of a configuration document (04 §12). What its parts mean together is checked by their owners. */
export class GameConfigurationDocumentBody {
  @IsIn(['kraty/v1'])
  apiVersion: 'kraty/v1';

  @IsIn(['GameConfig'])
  kind: 'GameConfig';

  @IsObject()
  @ValidateNested()
  @Type(() => GameReferenceBody)
  game: GameReferenceBody;

  /** Each setting has a rule of its own in the identity service. */
  @IsOptional()
  @IsObject()
  settings?: Record<string, unknown>;

  @IsOptional()
  @IsArray()
  @ArrayMaxSize(sectionObjectsMax)
  @IsObject({ each: true })
  @ValidateNested({ each: true })
  @Type(() => ItemTypeConfigurationBody)
  itemTypes?: ItemTypeConfigurationBody[];

  @IsOptional()
  @IsArray()
  @ArrayMaxSize(sectionObjectsMax)
  @IsObject({ each: true })
  @ValidateNested({ each: true })
  @Type(() => ItemConfigurationBody)
  items?: ItemConfigurationBody[];

  @IsOptional()
  @IsArray()
  @ArrayMaxSize(sectionObjectsMax)
  @IsObject({ each: true })
  @ValidateNested({ each: true })
  @Type(() => CurrencyConfigurationBody)
  currencies?: CurrencyConfigurationBody[];

  @IsOptional()
  @IsArray()
  @ArrayMaxSize(sectionObjectsMax)
  @IsObject({ each: true })
  @ValidateNested({ each: true })
  @Type(() => RewardBundleConfigurationBody)
  rewardBundles?: RewardBundleConfigurationBody[];

  @IsOptional()
  @IsArray()
  @ArrayMaxSize(sectionObjectsMax)
  @IsObject({ each: true })
  @ValidateNested({ each: true })
  @Type(() => RewardTableConfigurationBody)
  rewardTables?: RewardTableConfigurationBody[];

  @IsOptional()
  @IsArray()
  @ArrayMaxSize(sectionObjectsMax)
  @IsObject({ each: true })
  @ValidateNested({ each: true })
  @Type(() => IdentityPoolConfigurationBody)
  identityPools?: IdentityPoolConfigurationBody[];

  @IsOptional()
  @IsArray()
  @ArrayMaxSize(sectionObjectsMax)
  @IsObject({ each: true })
  @ValidateNested({ each: true })
  @Type(() => BotConfigurationBody)
  bots?: BotConfigurationBody[];

  @IsOptional()
  @IsArray()
  @ArrayMaxSize(sectionObjectsMax)
  @IsObject({ each: true })
  @ValidateNested({ each: true })
  @Type(() => LeaderboardConfigurationBody)
  leaderboards?: LeaderboardConfigurationBody[];

  @IsOptional()
  @IsArray()
  @ArrayMaxSize(sectionObjectsMax)
  @IsObject({ each: true })
  @ValidateNested({ each: true })
  @Type(() => EventDocumentEntryBody)
  events?: EventDocumentEntryBody[];

  @IsOptional()
  @IsEmptyUntilItComes()
  webhooks?: never[];
}

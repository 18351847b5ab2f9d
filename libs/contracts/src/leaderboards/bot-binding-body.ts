import { IsInt, IsOptional, IsString, Matches, Max, Min } from 'class-validator';
import { keyPattern } from '../common/index.js';

/** Bounds of bindings (10 §2). */
export const bindingLimits = { countMax: 200, boardMax: 500 } as const;

/** Shape of a binding (10 §2). Either name of the bot is required, which the owner of the whole checks. */
export class BotBindingBody {
  @IsOptional()
  @IsString()
  @Matches(keyPattern)
  botKey?: string | null;

  /** The name of `botKey` on the API; takes the key too (decision 0010). */
  @IsOptional()
  @IsString()
  @Matches(keyPattern)
  botId?: string | null;

  @IsInt()
  @Min(1)
  @Max(bindingLimits.countMax)
  count: number;

  @IsOptional()
  @IsString()
  @Matches(keyPattern)
  identityPoolKey?: string | null;

  /** The name of `identityPoolKey` on the API; takes the key too. */
  @IsOptional()
  @IsString()
  @Matches(keyPattern)
  identityPoolId?: string | null;
}

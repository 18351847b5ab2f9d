import { Type } from 'class-transformer';
import {
  Allow,
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsIn,
  IsInt,
  IsObject,
  IsOptional,
  IsString,
  Matches,
  Max,
  Min,
  ValidateNested,
} from 'class-validator';
import { IsAmount, keyPattern, limits, metricKeyPattern, OneOf } from '../common/index.js';
import { RewardContentsBody } from './reward-contents-body.js';
import { predicateClasses, WinnerPredicateBody } from './winner-predicate-body.js';

/** Bounds of reward policies (07 §1). */
export const policyLimits = { tiersMax: 100 } as const;

const policyTypes = ['none', 'fixed_bundle', 'rank_scaled', 'shared_pool'] as const;

/** Shape of a reward policy (07 §1); the class of its type says what its parameters are. */
export class RewardPolicyBody {
  @IsIn(policyTypes)
  type: (typeof policyTypes)[number];

  /** Of an unknown policy nothing more is said than that it is unknown. */
  @Allow()
  parameters?: unknown;
}

class NoRewardBody extends RewardPolicyBody {
  /** Says nothing; an editor may leave it behind. */
  @IsOptional()
  @IsObject()
  override parameters?: object | null;
}

class FixedBundleBody extends RewardPolicyBody {
  @IsObject()
  @ValidateNested()
  @Type(() => RewardContentsBody)
  override parameters: RewardContentsBody;
}

/** Ranks from … to, both included, and what they get. */
export class RankTierBody extends RewardContentsBody {
  @IsInt()
  @Min(1)
  @Max(limits.amountMax)
  fromRank: number;

  @IsInt()
  @Min(1)
  @Max(limits.amountMax)
  toRank: number;
}

class RankScaledParametersBody {
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(policyLimits.tiersMax)
  @IsObject({ each: true })
  @ValidateNested({ each: true })
  @Type(() => RankTierBody)
  tiers: RankTierBody[];
}

class RankScaledBody extends RewardPolicyBody {
  @IsObject()
  @ValidateNested()
  @Type(() => RankScaledParametersBody)
  override parameters: RankScaledParametersBody;
}

class SharedPoolParametersBody {
  @IsAmount({ context: { code: 'range' } })
  pool: number;

  @IsString()
  @Matches(keyPattern)
  currencyKey: string;

  @IsObject()
  @ValidateNested()
  @OneOf('type', () => WinnerPredicateBody, () => predicateClasses)
  winnerPredicate: WinnerPredicateBody;

  @IsOptional()
  @IsIn(['window', 'board'])
  poolScope?: 'window' | 'board' | null;
}

class SharedPoolBody extends RewardPolicyBody {
  @IsObject()
  @ValidateNested()
  @Type(() => SharedPoolParametersBody)
  override parameters: SharedPoolParametersBody;
}

export const policyClasses: Record<(typeof policyTypes)[number], new () => RewardPolicyBody> = {
  none: NoRewardBody,
  fixed_bundle: FixedBundleBody,
  rank_scaled: RankScaledBody,
  shared_pool: SharedPoolBody,
};

/** Shape of a milestone (05 §10). */
export class MilestoneRewardBody extends RewardContentsBody {
  @IsString()
  @Matches(metricKeyPattern)
  key: string;

  @IsString()
  @Matches(metricKeyPattern)
  metricKey: string;

  @Min(Number.MIN_VALUE)
  @Max(limits.scoreAbsoluteMax)
  threshold: number;
}

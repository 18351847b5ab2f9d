import {
  ArrayMaxSize,
  ArrayMinSize,
  IsArray,
  IsIn,
  IsInt,
  IsObject,
  IsString,
  Matches,
  Max,
  Min,
  ValidateNested,
} from 'class-validator';
import { IsMetricValue, limits, metricKeyPattern, OneOf } from '../common/index.js';

/** Bounds of a winner predicate (07 §5.4). */
export const winnerPredicateLimits = { membersMax: 10, depthMax: 5, nodesMax: 64 } as const;

export const winnerPredicateTypes = [
  'metric_at_least',
  'score_at_least',
  'rank_at_most',
  'completed',
  'not',
  'and',
  'or',
] as const;

const anyPredicate = [
  'type',
  (): typeof WinnerPredicateBody => WinnerPredicateBody,
  (): Record<string, new () => WinnerPredicateBody> => predicateClasses,
] as const;

/** Shape of a winner predicate (07 §5.4); the class of its type says which fields it has. */
export class WinnerPredicateBody {
  @IsIn(winnerPredicateTypes)
  type: (typeof winnerPredicateTypes)[number];
}

class MetricAtLeastBody extends WinnerPredicateBody {
  @IsString()
  @Matches(metricKeyPattern)
  metricKey: string;

  @IsMetricValue({ context: { code: 'range' } })
  threshold: number;
}

class ScoreAtLeastBody extends WinnerPredicateBody {
  @IsMetricValue({ context: { code: 'range' } })
  threshold: number;
}

class RankAtMostBody extends WinnerPredicateBody {
  @IsInt()
  @Min(1)
  @Max(limits.amountMax)
  rank: number;
}

class NotWinnerBody extends WinnerPredicateBody {
  @IsObject()
  @ValidateNested()
  @OneOf(...anyPredicate)
  condition: WinnerPredicateBody;
}

class SeveralWinnersBody extends WinnerPredicateBody {
  @IsArray()
  @ArrayMinSize(1)
  @ArrayMaxSize(winnerPredicateLimits.membersMax)
  @IsObject({ each: true })
  @ValidateNested({ each: true })
  @OneOf(...anyPredicate)
  conditions: WinnerPredicateBody[];
}

export const predicateClasses: Record<string, new () => WinnerPredicateBody> = {
  metric_at_least: MetricAtLeastBody,
  score_at_least: ScoreAtLeastBody,
  rank_at_most: RankAtMostBody,
  completed: WinnerPredicateBody,
  not: NotWinnerBody,
  and: SeveralWinnersBody,
  or: SeveralWinnersBody,
};

import { IsIn, IsObject, IsOptional, IsString, MaxLength, ValidateIf } from 'class-validator';
import {
  IsAmount,
  IsInstant,
  IsMetadata,
  IsMetricValue,
  IsMetricValues,
  IsSignedAmount,
  IsStorable,
  limits,
  type Iso,
  type Json,
} from '../common/index.js';
import { boardLimits } from '../leaderboards/board-limits.js';

/** Every write takes a key; `""` and null mean none (01 §6.1). */
export class IdempotentBody {
  @IsOptional()
  @IsString()
  @MaxLength(limits.idempotencyKeyCharactersMax)
  @IsStorable()
  idempotencyKey?: string;
}

/** `POST /players/:p/register` (02 §9). */
export class RegisterBody extends IdempotentBody {}

/** `POST /players/:p/events/:eventKey/start` (02 §3). */
export class StartAttemptBody extends IdempotentBody {
  @IsOptional()
  @IsObject()
  @IsMetadata()
  playerContext?: Json;
}

/** `POST …/progress` (02 §4). At least one of `metricValue`, `metrics`, `metricValues`; the last two are one field. */
export class ReportProgressBody extends IdempotentBody {
  @IsIn(['increment', 'set'])
  mode: 'increment' | 'set';

  @IsOptional()
  @IsMetricValue()
  metricValue?: number;

  @IsOptional()
  @IsMetricValues()
  metrics?: Record<string, number>;

  @IsOptional()
  @IsMetricValues()
  metricValues?: Record<string, number>;

  @ValidateIf((body: ReportProgressBody) => body.occurredAt !== undefined && body.occurredAt !== null)
  @IsInstant()
  occurredAt?: Iso;
}

/** `POST …/finish` (02 §14). */
export class FinishAttemptBody extends IdempotentBody {}

/** `POST /players/:p/grants/:grantId/claim` (02 §6.1). */
export class ClaimGrantBody extends IdempotentBody {}

/** `POST /players/:p/inventory/:itemKey/consume` (02 §10.2). */
export class ConsumeItemBody extends IdempotentBody {
  @IsAmount()
  quantity: number;

  @IsOptional()
  @IsString()
  @MaxLength(limits.reasonCharactersMax)
  @IsStorable()
  reason?: string;
}

/** `POST /players/:p/wallet/:economyKey/debit` (02 §11.2). */
export class DebitWalletBody extends IdempotentBody {
  @IsAmount()
  amount: number;

  @IsOptional()
  @IsString()
  @MaxLength(limits.reasonCharactersMax)
  @IsStorable()
  reason?: string;
}

/** `POST /players/:p/wallet/:economyKey/progress` (02 §11.3). */
export class ProgressWalletBody extends IdempotentBody {
  @IsSignedAmount()
  amount: number;

  @IsOptional()
  @IsString()
  @MaxLength(limits.reasonCharactersMax)
  @IsStorable()
  reason?: string;
}

/** `POST /players/:p/leaderboards/:key/score` (02 §7.6). */
export class SubmitScoreBody extends IdempotentBody {
  @IsMetricValue()
  value: number;

  @IsOptional()
  @IsString()
  @MaxLength(boardLimits.segmentCharactersMax)
  @IsStorable()
  segment?: string;
}

/** `POST /players/:p/leaderboards/:key/join` (02 §7.7). */
export class JoinBoardBody extends IdempotentBody {
  @IsOptional()
  @IsString()
  @MaxLength(boardLimits.segmentCharactersMax)
  @IsStorable()
  segment?: string;
}

/** `POST /players/:p/event-leaderboards/:id/join` (02 §7.8). */
export class JoinEventBoardBody extends IdempotentBody {}

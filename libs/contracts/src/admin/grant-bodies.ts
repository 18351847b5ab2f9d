import { IsIn, IsInt, IsObject, IsOptional, Max, Min } from 'class-validator';
import { IsInstant, IsMetadata, limits, type Iso, type Json } from '../common/index.js';
import { IsGrantedEntries } from '../grants/granted-entries.js';
import type { GrantedEntry } from '../grants/rewards.js';
import { IdempotentBody } from '../sdk/bodies.js';
import { IsReason, IsText } from './rules.js';

/** Bounds of a simulated table (04 §7). */
export const simulationOpensMax = 100_000;

/** `POST G/grants` (04 §8.3). */
export class ManualGrantBody extends IdempotentBody {
  @IsText(limits.externalIdCodePointsMax * 2)
  externalPlayerId: string;

  @IsGrantedEntries()
  entries: GrantedEntry[];

  @IsOptional()
  @IsIn(['reward', 'crate'])
  kind?: 'reward' | 'crate' | null;

  @IsOptional()
  @IsInstant()
  expiresAt?: Iso | null;

  @IsOptional()
  @IsText(limits.sourceReferenceCharactersMax)
  sourceRefId?: string | null;

  @IsOptional()
  @IsMetadata()
  metadata?: Json | null;

  @IsReason()
  reason: string;
}

/** `POST G/grants/:grantId/force-claim` (04 §8.3). */
export class ForceClaimBody extends IdempotentBody {
  @IsReason()
  reason: string;
}

/** `POST G/attempts/:attemptId/retry-reward-roll` (04 §8.3). */
export class RetryRewardRollBody extends IdempotentBody {
  @IsOptional()
  @IsReason()
  reason?: string | null;
}

/** `POST G/reward-tables/:id/simulate` (04 §7). */
export class SimulateTableBody extends IdempotentBody {
  @IsInt()
  @Min(1)
  @Max(simulationOpensMax)
  opens: number;

  @IsOptional()
  @IsText(limits.idempotencyKeyCharactersMax)
  seed?: string | null;

  /** Taken for later: no table looks at it. */
  @IsOptional()
  @IsObject()
  playerContext?: Json | null;
}

/** `POST G/reward-tables/simulate`: with a table that is not saved. */
export class SimulateUnsavedTableBody extends SimulateTableBody {
  @IsObject()
  table: Json;
}

import type { Idempotency, Iso, Json, PlayerRef, Scope } from '../common/index.js';
import type { Operator } from '../identity/operators.js';
import { request } from '../messages/index.js';
import type { Grant, StaffGrant } from './grants.js';
import type { GrantedEntry } from './rewards.js';

/** A grant as a caller states it: fixed numbers, no tables (07 §9). */
export interface NewGrant {
  kind: Grant['kind'];
  /** 1 … 50. */
  entries: GrantedEntry[];
  /** Later than now, at most ten years; null = the default of the game. */
  expiresAt: Iso | null;
  metadata: Json | null;
}

/**
 * 02 §6.3; only in games whose management is `permissive`. 201, a replay 200. Errors: `inventory_not_permissive`,
 * `invalid_metric`, `validation_failed`, `idempotency_conflict`, `conflict` (balance_limit), 503.
 */
export const selfGrant = request<
  { scope: Scope; player: PlayerRef; grant: NewGrant; idempotency: Idempotency | null },
  Grant
>('grants', 'self-grant');

/**
 * 03 §3.2, for a player that exists by now. 201, a replay 200 whatever its age. Errors: `invalid_metric`,
 * `validation_failed`, `idempotency_conflict`.
 */
export const createGrant = request<
  {
    scope: Scope;
    player: PlayerRef;
    grant: NewGrant;
    sourceKind: 'api' | 'admin';
    sourceRefId: string | null;
    /** Names the grant for ever; the path is no part of it, the player is. */
    idempotency: Idempotency;
    actor: { apiKeyId: string; apiKeyPrefix: string; requestId: string };
  },
  StaffGrant
>('grants', 'create-grant');

/** 03 §3.3. Errors: `not_found`, `conflict` (grant_expired, crate_must_be_opened, balance_limit), 503. */
export const acknowledgeGrant = request<
  { scope: Scope; player: PlayerRef; grantId: string; apiKeyPrefix: string },
  StaffGrant
>('grants', 'acknowledge-grant');

/** 04 §8.3, for a player that exists. Errors as `create-grant`. */
export const createManualGrant = request<
  {
    operator: Operator;
    scope: Scope;
    player: PlayerRef;
    grant: NewGrant;
    sourceRefId: string | null;
    reason: string;
    idempotency: Idempotency | null;
  },
  { grant: StaffGrant; auditId: string }
>('grants', 'create-manual-grant');

/** 04 §8.3: claimed whatever the status, an unopened crate with its contents. Errors: `not_found`, `conflict`, 503. */
export const forceClaimGrant = request<
  { operator: Operator; scope: Scope; grantId: string; reason: string; idempotency: Idempotency | null },
  { grant: StaffGrant; contentsGrant: StaffGrant | null; applied: boolean; auditId: string }
>('grants', 'force-claim-grant');

/**
 * 04 §8.3. Errors: `not_found`, `conflict` (attempt_not_completed, grants_already_linked, settles_at_window_close,
 * roll_failed).
 */
export const retryRewardRoll = request<
  { operator: Operator; scope: Scope; attemptId: string; reason: string | null; idempotency: Idempotency | null },
  { grants: StaffGrant[]; grantCount: number; auditId: string }
>('grants', 'retry-reward-roll');

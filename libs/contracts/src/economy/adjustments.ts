import type { Idempotency, Json, PlayerRef, Scope } from '../common/index.js';
import type { Operator } from '../identity/operators.js';
import { request } from '../messages/index.js';
import type { ResourceType } from './operations.js';

/** One change of one holding: a grant or credit when positive, a revoke or debit when negative. */
export interface Adjustment {
  scope: Scope;
  /** Exists: a server grant or credit makes an unknown player first, the others are refused without one (08 §4). */
  player: PlayerRef;
  type: ResourceType;
  key: string;
  /** Signed, −2 147 483 647 … 2 147 483 647, never 0. */
  delta: number;
  sourceRefId: string | null;
  idempotency: Idempotency | null;
}

/** `amount` = held after the call. */
export interface Adjusted {
  amount: number;
  applied: boolean;
}

/**
 * 08 §4, server routes; in a game whose studio keeps the books inert: `applied` false, 0. Errors: `not_found`,
 * `conflict` (insufficient_balance, balance_limit, derived_resource), `idempotency_conflict`.
 */
export const adjustHolding = request<Adjustment & { reason: string | null; apiKeyPrefix: string }, Adjusted>(
  'economy',
  'adjust-holding',
);

/** 04 §8.4. Errors as `adjust-holding`, and `conflict` (inventory_managed_by_studio). */
export const adjustHoldingByOperator = request<
  Adjustment & { operator: Operator; reason: string },
  Adjusted & { auditId: string }
>('economy', 'adjust-holding-by-operator');

/** Rows of one import. */
export const importRowsMax = 1_000;

/** One row of an import (08 §4); its key is permanent. */
export interface ImportRow {
  player: PlayerRef;
  key: string;
  /** 1 … 2 147 483 647. */
  amount: number;
  /** Of items: stamped on the holding. */
  parameters?: Json;
  reason: string | null;
  idempotencyKey: string;
}

export interface ImportFailure {
  rowIndex: number;
  externalPlayerId: string;
  error: { code: string; message: string };
}

/** `applied + skipped + failed` = the rows. A row applied before is skipped, as is every row where the studio keeps the books. */
export interface Imported {
  applied: number;
  skipped: number;
  failed: number;
  failures: ImportFailure[];
}

/** 08 §4: at most 1 000 rows, each by itself; announced to nobody, and no level pays. */
export const importHoldings = request<
  { scope: Scope; type: ResourceType; rows: ImportRow[]; apiKeyPrefix: string },
  Imported
>('economy', 'import-holdings');

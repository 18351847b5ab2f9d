import type { Iso, Json, Scope } from '../common/index.js';
import type { FailureWire } from '../failures/index.js';
import type { RewardContents } from '../grants/policies.js';
import type { InventoryManagement } from '../identity/games.js';
import { fact, request } from '../messages/index.js';

export type ResourceType = 'item' | 'economy';
/** Names a resource among those of a player. */
export function resourceIdOf({ type, key }: { type: ResourceType; key: string }): string {
  return `${type}:${key}`;
}

export type Origin = 'client' | 'server' | 'admin' | 'engine';

/** One change of one resource: `delta` is signed and never 0. */
export interface ResourceDelta {
  type: ResourceType;
  key: string;
  delta: number;
  /** Merged shallowly into the holding's metadata, newer keys win. */
  metadata?: Json;
}

/**
 * One atomic change of a player's holdings, all or nothing (08 §4.1).
 * The first call with an `operationId` applies it; later ones return the stored result with `applied: false`.
 */
export interface ApplyOperation {
  scope: Scope;
  playerId: string;
  externalPlayerId: string;
  /** `grant:{grantId}`, `entry:{windowId}:{playerId}:c{n}` … (08 §4.1). */
  operationId: string;
  /** 1 … 200 deltas; several of one resource are summed. */
  deltas: ResourceDelta[];
  /** One of the reasons of 08 §3. */
  reason: string;
  sourceRefId: string | null;
  origin: Origin;
  /** `player`, `api_key:<prefix>`, `member:<id>` or `system`. */
  actor: string;
}

export interface OperationResult {
  applied: boolean;
  holdings: { type: ResourceType; key: string; delta: number; balanceAfter: number; ledgerId: string }[];
}

/**
 * Errors: `conflict` (insufficient_balance, balance_limit, operation_reversed), `not_found` for a resource the catalog
 * never had; with the reason `entry_cost` a shortfall is `insufficient_entry_cost` (402) with
 * `{ resource, needed, have, shortfalls }` in the order of `deltas` (08 §7).
 */
export const applyOperation = request<ApplyOperation, OperationResult>('economy', 'apply-operation');

/** Operations of one batch. */
export const operationsMax = 200;

/** What became of one operation of a batch: its result, or why it was refused. */
export type OperationOutcome = { result: OperationResult } | { failure: FailureWire };

/**
 * Independent operations in one message, at most 200: each is all or nothing by itself and refused by itself, as by
 * `apply-operation`. One outcome an operation, in their order. The whole is refused only while nothing is certain (503).
 */
export const applyOperations = request<{ operations: ApplyOperation[] }, { outcomes: OperationOutcome[] }>(
  'economy',
  'apply-operations',
);

/**
 * Credits once what an operation took, whatever is archived since; `refund:{operationId}` is its own operation (08 §7).
 * An operation that never came is barred for ever: a late one is refused as `operation_reversed`.
 * A refund that would pass the holding limit is queued and retried until it fits.
 */
export const reverseOperation = request<
  { scope: Scope; playerId: string; operationId: string },
  { outcome: 'reversed' | 'queued' | 'never_applied' }
>('economy', 'reverse-operation');

/** Resources of one question. */
export const amountsMax = 200;

/** What one player holds of some resources; what was never touched is 0. At most 200. */
export const readAmounts = request<
  { scope: Scope; playerId: string; resources: { type: ResourceType; key: string }[] },
  { amounts: number[]; inventoryManagement: InventoryManagement }
>('economy', 'read-amounts');

export interface ReachedLevel {
  playerId: string;
  externalPlayerId: string;
  economyKey: string;
  level: number;
  reward: RewardContents;
  /** Pin instant of the roll. */
  reachedAt: Iso;
}

/** A derived progression rose to a level for the first time; the payout key is `level:{playerId}:{economyKey}:{level}` (08 §8). */
export const levelReached = fact<ReachedLevel>('economy', 'level', 'reached', 'change');

/** Key under which grants pay a level. */
export function levelPayoutKey(playerId: string, economyKey: string, level: number): string {
  return `level:${playerId}:${economyKey}:${level}`;
}

/** One ledger row was written: `delta` moved the holding to `balanceAfter`. */
export interface HoldingChanged {
  ledgerId: string;
  playerId: string;
  type: ResourceType;
  key: string;
  delta: number;
  balanceAfter: number;
  reason: string;
  sourceRefId: string | null;
  origin: Origin;
  operationId: string;
  changedAt: Iso;
  /** From an import or a merge: announced to nobody (08 §§9, 11). */
  silent?: true;
}

export const holdingChanged = fact<HoldingChanged>('economy', 'holding', 'changed', 'change');

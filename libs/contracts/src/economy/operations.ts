import type { Iso, Json, Scope } from '../common/index.js';
import { fact, request } from '../messages/index.js';

export type ResourceType = 'item' | 'economy';
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

/** Errors: `conflict` (insufficient_balance, balance_limit), `not_found` for a resource the catalog never had. */
export const applyOperation = request<ApplyOperation, OperationResult>('economy', 'apply-operation');

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
}

export const holdingChanged = fact<HoldingChanged>('economy', 'holding', 'changed', 'change');

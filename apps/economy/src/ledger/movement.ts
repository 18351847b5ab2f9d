import type { Json, Scope } from '@kraty/contracts/common';
import type { Origin } from '@kraty/contracts/economy';
import type { Line } from './ledger.js';

/** What ledger rows of one write have in common. */
export interface Movement {
  scope: Scope;
  playerId: string;
  reason: string;
  sourceRefId: string | null;
  origin: Origin;
  actor: string;
  at: Date;
  /** Kept with the row and never shown to players: the sentence of an operator. */
  note: Json;
  /** Imports and merges are announced to nobody (08 §§9, 11). */
  silent: boolean;
}

/** A line with the names it gets in the ledger. */
export interface LedgerRow extends Line {
  movement: Movement;
  ledgerId: string;
  operationId: string;
  idempotencyKey: string | null;
}

import type { Json, Scope } from '@kraty/contracts/common';
import type { AcknowledgedBy, Grant, GrantContents, GrantStatus } from '@kraty/contracts/grants';
import type { DepositState } from './grant.js';

/** A grant about to be stored; what is left out is null. */
export interface GrantDraft {
  id: string;
  scope: Scope;
  playerId: string;
  externalPlayerId: string;
  kind: Grant['kind'];
  contents: GrantContents;
  sourceKind: string;
  sourceRefId: string | null;
  parentGrantId?: string;
  /** Together with the ordinal unique for ever (07 §5.2). */
  payoutKey?: string;
  ordinal?: number;
  /** Default pending. */
  status?: GrantStatus;
  rolledAt?: Date;
  expiresAt: Date | null;
  /** Of a grant that is born claimed. */
  ackedBy?: AcknowledgedBy;
  /** Default none. */
  depositState?: DepositState;
  metadata?: Json;
  idempotency?: { owner: string; key: string; bodyHash: string };
}

import type { Idempotency, Iso, PlayerRef, Scope } from '../common/index.js';
import { fact, request } from '../messages/index.js';
import type { GrantedEntry } from './rewards.js';

export type GrantStatus = 'pending' | 'claimed' | 'expired';
export type AcknowledgedBy = 'sdk' | 'server_api' | 'admin' | 'auto';

/** A reward given to a player, as clients see it (02 §0, 07 §7). */
export interface Grant {
  id: string;
  kind: 'reward' | 'crate';
  contents: { entries: GrantedEntry[] } | { crateItemKey: string; entries: GrantedEntry[] };
  sourceKind: string;
  sourceRefId: string | null;
  parentGrantId: string | null;
  status: GrantStatus;
  rolledAt: Iso | null;
  claimedAt: Iso | null;
  expiresAt: Iso | null;
  createdAt: Iso;
  ackedBy: AcknowledgedBy | null;
}

/** Pending and not overdue, newest first. `limit` 1 … 200. */
export const listPendingGrants = request<{ scope: Scope; playerId: string; limit: number }, Grant[]>(
  'grants',
  'list-pending-grants',
);

export interface ClaimGrant {
  scope: Scope;
  player: PlayerRef;
  grantId: string;
  idempotency: Idempotency | null;
}

/** 02 §6.1. Errors: `not_found`, `conflict` (grant_expired, crate_must_be_opened, balance_limit), 503. */
export const claimGrant = request<ClaimGrant, Grant>('grants', 'claim-grant');

/** A grant was inserted. */
export const grantCreated = fact<{ playerId: string; grant: Grant }>('grants', 'grant', 'created', 'change');

/** A grant became claimed. */
export const grantClaimed = fact<{ playerId: string; grant: Grant }>('grants', 'grant', 'claimed', 'change');

/** A pending grant ran out. */
export const grantExpired = fact<{ playerId: string; grant: Grant }>('grants', 'grant', 'expired', 'change');

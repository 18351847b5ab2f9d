import type { Idempotency, Iso, Json, PlayerRef, Scope } from '../common/index.js';
import { fact, request } from '../messages/index.js';
import type { GrantedEntry } from './rewards.js';

export type GrantStatus = 'pending' | 'claimed' | 'expired';
export type AcknowledgedBy = 'sdk' | 'server_api' | 'admin' | 'auto';

/** What a ladder did with a player; a notice moves nothing by itself (06 §9). */
export interface LadderNotice {
  itemKey: string;
  /** Signed. */
  amount: number;
  rank: number;
  segment: string | null;
}

export type GrantContents =
  { entries: GrantedEntry[]; ladder?: LadderNotice } | { crateItemKey: string; entries: GrantedEntry[] };

/** A reward given to a player, as clients see it (02 §0, 07 §7). */
export interface Grant {
  id: string;
  kind: 'reward' | 'crate';
  contents: GrantContents;
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

/** What studios and operators see of a grant besides (07 §7). */
export interface StaffGrant extends Grant {
  playerId: string;
  externalPlayerId: string;
  metadata: Json;
  idempotencyKey: string | null;
  depositedAt: Iso | null;
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

export interface OpenCrate {
  scope: Scope;
  player: PlayerRef;
  grantId: string;
}

/**
 * 02 §6.2; opened once, replays show the same contents in their present state. Errors: `not_found`, `conflict`
 * (not_a_crate, grant_expired, crate_unconfigured), 503.
 */
export const openCrate = request<OpenCrate, { crate: Grant; contents: Grant }>('grants', 'open-crate');

/** A grant was inserted. */
export const grantCreated = fact<{ playerId: string; grant: Grant }>('grants', 'grant', 'created', 'change');

/** A grant became claimed. */
export const grantClaimed = fact<{ playerId: string; grant: Grant }>('grants', 'grant', 'claimed', 'change');

/** A crate was opened. */
export const crateOpened = fact<{ playerId: string; crate: Grant; contents: Grant }>(
  'grants',
  'crate',
  'opened',
  'change',
);

/** A pending grant ran out. */
export const grantExpired = fact<{ playerId: string; grant: Grant }>('grants', 'grant', 'expired', 'change');

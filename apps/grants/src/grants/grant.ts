import type { Environment, Json, Scope } from '@kraty/contracts/common';
import type { AcknowledgedBy, Grant, GrantContents, GrantStatus, StaffGrant } from '@kraty/contracts/grants';
import type { OperatorAct } from '@kraty/contracts/identity';

/** `requested`: the economy has been asked and its answer is not recorded yet (07 §11). */
export type DepositState = 'none' | 'requested' | 'done';

/** A grant as it is stored. */
export interface GrantRow {
  id: string;
  game_id: string;
  environment: Environment;
  studio_id: string;
  player_id: string;
  external_player_id: string;
  kind: Grant['kind'];
  contents: GrantContents;
  source_kind: string;
  source_ref_id: string | null;
  parent_grant_id: string | null;
  status: GrantStatus;
  rolled_at: Date | null;
  claimed_at: Date | null;
  expires_at: Date | null;
  created_at: Date;
  acked_by: AcknowledgedBy | null;
  deposit_state: DepositState;
  /** Names the newest request for the deposit; null = never requested. */
  deposit_requested_at: Date | null;
  deposit_requested_by: AcknowledgedBy | null;
  deposit_actor: string | null;
  /** What goes on record when an operator's request is done. */
  deposit_act: OperatorAct | null;
  deposited_at: Date | null;
  metadata: Json | null;
  /** `server`, or `player:{playerId}`. */
  idempotency_owner: string | null;
  idempotency_key: string | null;
  request_hash: string | null;
  revision: number;
}

/** An overdue grant reads as expired even if no sweep has marked it (07 §8). */
export function statusAt({ status, expires_at }: GrantRow, now: Date): GrantStatus {
  return status === 'pending' && isOverdue(expires_at, now) ? 'expired' : status;
}

function isOverdue(expiresAt: Date | null, now: Date): boolean {
  return expiresAt !== null && expiresAt.getTime() <= now.getTime();
}

/** The grant as every surface shows it (07 §7). */
export function grantOf(row: GrantRow, now: Date): Grant {
  return {
    id: row.id,
    kind: row.kind,
    contents: row.contents,
    sourceKind: row.source_kind,
    sourceRefId: row.source_ref_id,
    parentGrantId: row.parent_grant_id,
    status: statusAt(row, now),
    rolledAt: isoOrNull(row.rolled_at),
    claimedAt: isoOrNull(row.claimed_at),
    expiresAt: isoOrNull(row.expires_at),
    createdAt: row.created_at.toISOString(),
    ackedBy: row.acked_by,
  };
}

/** The grant as studios and operators see it. */
export function staffGrantOf(row: GrantRow, now: Date): StaffGrant {
  return {
    ...grantOf(row, now),
    playerId: row.player_id,
    externalPlayerId: row.external_player_id,
    metadata: row.metadata ?? {},
    idempotencyKey: row.idempotency_key,
    depositedAt: isoOrNull(row.deposited_at),
  };
}

export function scopeOf(row: Pick<GrantRow, 'game_id' | 'studio_id' | 'environment'>): Scope {
  return { gameId: row.game_id, studioId: row.studio_id, environment: row.environment };
}

function isoOrNull(date: Date | null): string | null {
  return date === null ? null : date.toISOString();
}

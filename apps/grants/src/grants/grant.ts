import type { Environment, Scope } from '@kraty/contracts/common';
import type { AcknowledgedBy, Grant, GrantStatus } from '@kraty/contracts/grants';

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
  contents: Grant['contents'];
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

export function scopeOf(row: Pick<GrantRow, 'game_id' | 'studio_id' | 'environment'>): Scope {
  return { gameId: row.game_id, studioId: row.studio_id, environment: row.environment };
}

function isoOrNull(date: Date | null): string | null {
  return date === null ? null : date.toISOString();
}

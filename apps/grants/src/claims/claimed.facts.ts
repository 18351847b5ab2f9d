import type { NewFact } from '@kraty/platform/facts';
import { actFact } from '@kraty/platform/operator-writes';
import type { GrantRow } from '../grants/grant.js';
import { grantFact } from '../grants/grants.facts.js';

/** What is told when a grant has become claimed; one that is born claimed was not heard of before. */
export function claimedFacts(row: GrantRow, now: Date): NewFact[] {
  const told = row.deposit_requested_by === 'auto' ? [grantFact('created', row, now)] : [];
  return [...told, grantFact('claimed', row, now), ...actFacts(row)];
}

/** An operator's act goes on record with what it did. */
function actFacts(row: GrantRow): NewFact[] {
  const { deposit_act: act } = row;
  if (act === null) return [];
  const after = { status: row.status, ackedBy: row.acked_by, claimedAt: row.claimed_at?.toISOString() ?? null };
  return [actFact('grants', { ...act, after })];
}

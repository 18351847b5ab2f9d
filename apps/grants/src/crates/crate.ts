import type { GrantContents, GrantedEntry } from '@kraty/contracts/grants';
import { statusAt, type GrantRow } from '../grants/grant.js';

/** What an opener meets. */
export type CrateVerdict = 'opened' | 'not_a_crate' | 'expired' | 'closed';

export function judgeCrate(row: GrantRow, now: Date): CrateVerdict {
  if (row.kind !== 'crate') return 'not_a_crate';
  if (row.status === 'claimed') return 'opened';
  return statusAt(row, now) === 'expired' ? 'expired' : 'closed';
}

/** What a crate that was packed beforehand holds; null for one whose contents are rolled when it is opened (07 §9). */
export function packedEntries(contents: GrantContents): GrantedEntry[] | null {
  return 'crateItemKey' in contents ? null : contents.entries;
}

/** The roll key of a crate (07 §3.1). */
export function crateKey(grantId: string): string {
  return `crate:${grantId}`;
}

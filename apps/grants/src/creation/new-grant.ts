import type { Grant, GrantContents, GrantedEntry, NewGrant } from '@kraty/contracts/grants';

/** Explicit ends lie at most this far ahead (07 §8). */
const yearsAheadMax = 10;

export type NewGrantProblem = { path: string; code: 'range' | 'enum'; message: string };

/** Why a grant cannot be made as it was stated; null when it can (07 §9). */
export function problemOf({ kind, entries, expiresAt }: NewGrant, now: Date): NewGrantProblem | null {
  if (kind === 'crate' && !isOneCrate(entries) && entries.some(({ type }) => type === 'crate')) {
    const message = 'of a crate must be one crate with quantity 1, or currencies and items alone';
    return { path: 'entries', code: 'enum', message };
  }
  if (expiresAt !== null && !isSoon(new Date(expiresAt), now)) {
    return { path: 'expiresAt', code: 'range', message: `must be later than now and within ${yearsAheadMax} years` };
  }
  return null;
}

/** What the grant holds: a crate by its item, or all entries as they were sent. */
export function contentsOf({ kind, entries }: { kind: Grant['kind']; entries: GrantedEntry[] }): GrantContents {
  const [only] = entries;
  if (kind === 'crate' && isOneCrate(entries) && only?.type === 'crate') {
    return { crateItemKey: only.crateItemKey, entries };
  }
  return { entries };
}

function isOneCrate(entries: readonly GrantedEntry[]): boolean {
  const [only] = entries;
  return entries.length === 1 && only?.type === 'crate' && only.quantity === 1;
}

function isSoon(end: Date, now: Date): boolean {
  const latest = new Date(now);
  latest.setUTCFullYear(latest.getUTCFullYear() + yearsAheadMax);
  return end > now && end <= latest;
}

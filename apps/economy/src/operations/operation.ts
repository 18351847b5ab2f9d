import type { ResourceDelta } from '@kraty/contracts/economy';
import type { Catalog } from '../catalog/catalog.js';
import type { Shortfall } from '../ledger/ledger.js';

/** What was promised before a key was archived is still given (08 §1). */
const reasonsThatIgnoreArchiving: ReadonlySet<string> = new Set([
  'grant_deposit',
  'entry_cost_refund',
  'gift_received',
  'gift_refund',
]);

/** True when a resource may grow: the catalog has it, and it is not archived, or the reason does not mind. */
export function takesCredit(catalog: Catalog, { type, key }: ResourceDelta, reason: string): boolean {
  const row = type === 'item' ? catalog.items.get(key) : catalog.currencies.get(key);
  if (!row) return false;
  return !row.archived || reasonsThatIgnoreArchiving.has(reason);
}

export function isKnown(catalog: Catalog, { type, key }: ResourceDelta): boolean {
  return type === 'item' ? catalog.items.has(key) : catalog.currencies.has(key);
}

/** True for a progression that follows another resource: nobody else writes it (08 §6). */
export function isFollower(catalog: Catalog, { type, key }: ResourceDelta): boolean {
  return type === 'economy' && Boolean(catalog.currencies.get(key)?.derivedFrom);
}

/** All that a game whose studio keeps the books is short of: everything it is asked for (08 §2). */
export function shortOfAll(deltas: readonly ResourceDelta[]): Shortfall[] {
  return deltas.filter(({ delta }) => delta < 0).map(({ key, delta }) => ({ resource: key, needed: -delta, have: 0 }));
}

import type { ResourceDelta } from '@kraty/contracts/economy';
import type { Catalog } from '../catalog/catalog.js';

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

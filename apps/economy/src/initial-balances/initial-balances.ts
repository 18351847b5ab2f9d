import { limits } from '@kraty/contracts/common';
import { resourceId, type Holding, type Line } from '../ledger/ledger.js';

/**
 * Lines that give a player the initial balances not given yet (08 §3). A wallet that is nearly full gets what fits:
 * the initial balance must never stop a player from playing.
 */
export function initialLines(
  holdings: ReadonlyMap<string, Holding>,
  initialBalances: ReadonlyMap<string, number>,
): Line[] {
  return [...initialBalances].flatMap(([key, initial]) => {
    const holding = holdings.get(resourceId({ type: 'economy', key }));
    if (!holding || holding.initialPaid) return [];
    const delta = Math.min(initial, limits.amountMax - holding.amount);
    if (delta === 0) return [];
    const { amount, metadata, revision } = holding;
    return [{ type: 'economy' as const, key, delta, balanceAfter: amount + delta, metadata, revision: revision + 1 }];
  });
}

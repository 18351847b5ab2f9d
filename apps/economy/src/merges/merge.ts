import { limits, type Json } from '@kraty/contracts/common';
import type { Catalog } from '../catalog/catalog.js';
import { mergeMetadata, resourceId, type Holding } from '../ledger/ledger.js';

/** A holding with the age of its row. */
export interface AgedHolding extends Holding {
  createdAt: Date;
}

/** A holding of the target after the merge, with how far the source's ledger rows move up to stand behind its own. */
export interface MergedHolding extends AgedHolding {
  rowsMovedBy: number;
}

/** A sum that would pass the largest balance. */
export interface MergeRefusal {
  resource: string;
  max: number;
  have: number;
}

/** Holdings of the target for each of the source's: summed, those that follow others as well for now (08 §10). */
export function mergedHoldings(from: readonly AgedHolding[], to: readonly AgedHolding[]): MergedHolding[] {
  const present = new Map(to.map((holding) => [resourceId(holding), holding]));
  return from.map((moved) => {
    const kept = present.get(resourceId(moved));
    return kept ? together(moved, kept) : { ...moved, revision: moved.revision + 1, rowsMovedBy: 0 };
  });
}

function together(moved: AgedHolding, kept: AgedHolding): MergedHolding {
  return {
    type: kept.type,
    key: kept.key,
    amount: moved.amount + kept.amount,
    metadata: mergeMetadata(kept.metadata, gapsOf(kept.metadata, moved.metadata)),
    // Above those of both, and behind all rows of both.
    revision: moved.revision + kept.revision + 1,
    initialPaid: moved.initialPaid || kept.initialPaid,
    createdAt: moved.createdAt < kept.createdAt ? moved.createdAt : kept.createdAt,
    rowsMovedBy: kept.revision,
  };
}

/** What only the source says; where both say something the target's word stands. */
function gapsOf(kept: Json, moved: Json): Json {
  return Object.fromEntries(Object.entries(moved).filter(([key]) => !(key in kept)));
}

/** The first sum beyond the limit; what follows others is no sum in the end. */
export function refusalOf(merged: readonly AgedHolding[], catalog: Catalog): MergeRefusal | null {
  const over = merged.find(({ type, key, amount }) => {
    const follows = type === 'economy' && catalog.currencies.get(key)?.derivedFrom;
    return !follows && amount > limits.amountMax;
  });
  return over ? { resource: over.key, max: limits.amountMax, have: over.amount } : null;
}

/** Levels one of the two had reached, by progression: they are not reached anew by the sum. */
export function levelsReachedBy(...holdings: readonly Holding[]): Map<string, number> {
  const reached = new Map<string, number>();
  for (const { type, key, amount } of holdings) {
    if (type === 'economy') reached.set(key, Math.max(reached.get(key) ?? 0, amount));
  }
  return reached;
}

/** Progressions that others follow and that follow nothing themselves: from there everything is put where it belongs. */
export function rootSources({ followers, currencies }: Catalog): string[] {
  return [...followers.keys()].filter((key) => {
    const source = currencies.get(key);
    return !source?.derivedFrom || source.archived;
  });
}

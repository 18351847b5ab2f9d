import type { Localized } from '@kraty/contracts/common';
import type { Amount, BundlePreview, RewardPreview } from '@kraty/contracts/grants';
import type { RollableEntry } from '../rolls/roll.js';

/** What players see before anything is rolled: plain numbers, the range beside its largest value (07 §6). */
export function previewOf(bundle: { key: string; name: Localized; entries: readonly RollableEntry[] }): BundlePreview {
  const { key, name, entries } = bundle;
  return {
    key,
    name,
    entries: entries.flatMap(entryPreview),
    randomEntries: entries.filter(({ type }) => type === 'table').length,
  };
}

function entryPreview(entry: RollableEntry): RewardPreview[] {
  switch (entry.type) {
    case 'currency':
      return [
        { type: 'currency', currencyKey: entry.currencyKey, amount: largest(entry.amount), ...rangeOf(entry.amount) },
      ];
    case 'item':
      return [
        {
          type: 'item',
          itemKey: entry.itemKey,
          quantity: largest(entry.quantity),
          ...(entry.parameters && { parameters: entry.parameters }),
          ...rangeOf(entry.quantity),
        },
      ];
    case 'crate':
      return [
        {
          type: 'crate',
          crateItemKey: entry.crateItemKey,
          quantity: largest(entry.quantity),
          ...rangeOf(entry.quantity),
        },
      ];
    case 'table':
      return [];
  }
}

/** The most an amount can come to. */
export function largest(amount: Amount): number {
  return typeof amount === 'number' ? amount : amount.max;
}

function rangeOf(amount: Amount): Pick<RewardPreview, 'range'> {
  if (typeof amount === 'number') return {};
  return { range: { min: amount.min, max: amount.max, step: amount.step ?? 1 } };
}

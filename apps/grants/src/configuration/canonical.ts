import { canonicalJson, canonicalText } from '@kraty/contracts/configuration';
import type { Amount, RewardBundleConfiguration, RewardEntry, RewardTableConfiguration } from '@kraty/contracts/grants';

/** A bundle as a document states it: fixed field order, defaults left out (04 §12). */
export function canonicalBundle({ key, name, entries }: RewardBundleConfiguration): RewardBundleConfiguration {
  return { key, name: canonicalText(name), entries: entries.map(canonicalEntry) };
}

/** A table as a document states it: fixed field order, defaults left out (04 §12). */
export function canonicalTable(table: RewardTableConfiguration): RewardTableConfiguration {
  const { key, name, weightedEntries, rolls, withReplacement } = table;
  return {
    key,
    name: canonicalText(name),
    weightedEntries: weightedEntries.map(({ weight, entry }) => ({ weight, entry: canonicalEntry(entry) })),
    ...(rolls && rolls !== 1 && { rolls: canonicalAmount(rolls) }),
    ...(withReplacement === false && { withReplacement }),
  };
}

function canonicalEntry(entry: RewardEntry): RewardEntry {
  switch (entry.type) {
    case 'currency':
      return { type: 'currency', currencyKey: entry.currencyKey, amount: canonicalAmount(entry.amount) };
    case 'item':
      return {
        type: 'item',
        itemKey: entry.itemKey,
        quantity: canonicalAmount(entry.quantity),
        ...(entry.parameters && { parameters: canonicalJson(entry.parameters) }),
      };
    case 'crate':
      return { type: 'crate', crateItemKey: entry.crateItemKey, quantity: canonicalAmount(entry.quantity) };
    case 'table':
      return { type: 'table', tableKey: entry.tableKey, ...(entry.rolls && { rolls: canonicalAmount(entry.rolls) }) };
  }
}

/** A step of 1 is the default. */
function canonicalAmount(amount: Amount): Amount {
  if (typeof amount === 'number') return amount;
  const { min, max, step } = amount;
  return { min, max, ...(step && step > 1 && { step }) };
}

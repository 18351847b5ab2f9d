import { canonicalJson, canonicalText } from '@kraty/contracts/configuration';
import type { Amount, RewardBundleConfiguration, RewardEntry } from '@kraty/contracts/grants';

/** A bundle as a document states it: fixed field order, defaults left out (04 §12). */
export function canonicalBundle({ key, name, entries }: RewardBundleConfiguration): RewardBundleConfiguration {
  return { key, name: canonicalText(name), entries: entries.map(canonicalEntry) };
}

function canonicalEntry(entry: RewardEntry): RewardEntry {
  if (entry.type === 'currency') {
    return { type: 'currency', currencyKey: entry.currencyKey, amount: canonicalAmount(entry.amount) };
  }
  return {
    type: 'item',
    itemKey: entry.itemKey,
    quantity: canonicalAmount(entry.quantity),
    ...(entry.parameters && { parameters: canonicalJson(entry.parameters) }),
  };
}

/** A step of 1 is the default. */
function canonicalAmount(amount: Amount): Amount {
  if (typeof amount === 'number') return amount;
  const { min, max, step } = amount;
  return { min, max, ...(step && step > 1 && { step }) };
}

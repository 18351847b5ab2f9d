import type { Amount, RewardEntry } from '@kraty/contracts/grants';

/** What an outcome gives, in a few words. */
export function labelOf(entry: RewardEntry): string {
  switch (entry.type) {
    case 'currency':
      return `${entry.currencyKey} ${amountLabel(entry.amount)}`;
    case 'item':
      return `${entry.itemKey} × ${amountLabel(entry.quantity)}`;
    case 'crate':
      return `crate ${entry.crateItemKey} × ${amountLabel(entry.quantity)}`;
    case 'table':
      return `table ${entry.tableKey}`;
  }
}

function amountLabel(amount: Amount): string {
  return typeof amount === 'number' ? String(amount) : `${amount.min}–${amount.max}`;
}

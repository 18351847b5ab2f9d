import { ValidateBy } from 'class-validator';
import { keyPattern, isPlainObject, limits } from '../common/index.js';
import { isItemParameters, rewardLimits } from './reward-configuration.js';
import type { GrantedEntry } from './rewards.js';

/** 1 … 50 entries with fixed numbers, without tables (07 §9). */
export function areGrantedEntries(value: unknown): value is GrantedEntry[] {
  if (!Array.isArray(value) || value.length < 1 || value.length > rewardLimits.entriesPerBundleMax) return false;
  return value.every(isGrantedEntry);
}

function isGrantedEntry(value: unknown): value is GrantedEntry {
  if (!isPlainObject(value)) return false;
  switch (value['type']) {
    case 'currency':
      return isKey(value['currencyKey']) && isAmount(value['amount']);
    case 'item':
      return isKey(value['itemKey']) && isAmount(value['quantity']) && areParameters(value['parameters']);
    case 'crate':
      return isKey(value['crateItemKey']) && isAmount(value['quantity']);
    default:
      return false;
  }
}

function isKey(value: unknown): boolean {
  return typeof value === 'string' && keyPattern.test(value);
}

function isAmount(value: unknown): boolean {
  return typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= limits.amountMax;
}

function areParameters(value: unknown): boolean {
  return value === undefined || value === null || isItemParameters(value);
}

/** Entries as they are stored: the fields of their type and no others. */
export function plainEntries(entries: readonly GrantedEntry[]): GrantedEntry[] {
  return entries.map((entry) => {
    switch (entry.type) {
      case 'currency':
        return { type: 'currency', currencyKey: entry.currencyKey, amount: entry.amount };
      case 'item': {
        const { itemKey, quantity, parameters } = entry;
        return { type: 'item', itemKey, quantity, ...(parameters && { parameters }) };
      }
      case 'crate':
        return { type: 'crate', crateItemKey: entry.crateItemKey, quantity: entry.quantity };
    }
  });
}

/** Entries of a grant made through an API. */
export function IsGrantedEntries(): PropertyDecorator {
  const { entriesPerBundleMax: max } = rewardLimits;
  const defaultMessage = () =>
    `$property must be 1 to ${max} entries of type currency, item or crate, each with a key and an integer from 1 to ${limits.amountMax}`;
  const validator = { validate: areGrantedEntries, defaultMessage };
  return ValidateBy({ name: 'isGrantedEntries', validator }, { context: { code: 'type' } });
}

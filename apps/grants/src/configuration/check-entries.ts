import { limits } from '@kraty/contracts/common';
import type { Sections } from '@kraty/contracts/configuration';
import type { Issue } from '@kraty/contracts/failures';
import {
  isItemParameters,
  isRewardAmount,
  isRolls,
  rewardLimits,
  type Amount,
  type RewardEntry,
} from '@kraty/contracts/grants';
import { when } from './issues.js';

/** What entries may refer to, in the game as it would stand. */
export interface KnownKeys {
  items: ReadonlySet<string>;
  currencies: ReadonlySet<string>;
  /** Items that can be opened. */
  crates: ReadonlySet<string>;
  tables: ReadonlySet<string>;
}

export function knownKeysOf({ items, currencies, rewardTables }: Sections): KnownKeys {
  const keysOf = (objects: readonly { key: string }[] = []) => new Set(objects.map(({ key }) => key));
  return {
    items: keysOf(items),
    currencies: keysOf(currencies),
    crates: keysOf(items.filter(({ crate }) => crate)),
    tables: keysOf(rewardTables),
  };
}

/** What is wrong with an entry by itself (07 §1). */
export function entryIssues(entry: RewardEntry, path: string): Issue[] {
  switch (entry.type) {
    case 'currency':
      return amountIssues(entry.amount, `${path}.amount`);
    case 'item':
      return [
        ...amountIssues(entry.quantity, `${path}.quantity`),
        ...when(!areParameters(entry.parameters), `${path}.parameters`, 'length', 'must be an object within 4 KiB'),
      ];
    case 'crate':
      return amountIssues(entry.quantity, `${path}.quantity`);
    case 'table':
      return rollsIssues(entry.rolls, `${path}.rolls`);
    default:
      return [{ path: `${path}.type`, code: 'enum', message: 'must be currency, item, crate or table' }];
  }
}

/** What an entry refers to and the game does not have. */
export function referenceIssues(entry: RewardEntry, path: string, known: KnownKeys): Issue[] {
  const unknown = (missing: boolean, field: string, what: string, key: string): Issue[] =>
    when(missing, `${path}.${field}`, 'unknown_reference', `there is no ${what} ${key}`);
  switch (entry.type) {
    case 'currency':
      return unknown(!known.currencies.has(entry.currencyKey), 'currencyKey', 'currency', entry.currencyKey);
    case 'item':
      return unknown(!known.items.has(entry.itemKey), 'itemKey', 'item', entry.itemKey);
    case 'crate':
      return unknown(
        !known.crates.has(entry.crateItemKey),
        'crateItemKey',
        'item that can be opened',
        entry.crateItemKey,
      );
    case 'table':
      return unknown(!known.tables.has(entry.tableKey), 'tableKey', 'reward table', entry.tableKey);
    default:
      return [];
  }
}

export function rollsIssues(rolls: unknown, path: string): Issue[] {
  const wrong = rolls !== undefined && rolls !== null && !isRolls(rolls);
  return when(wrong, path, 'range', `must be 1 to ${rewardLimits.rollsMax}, or a range within`);
}

function amountIssues(amount: Amount, path: string): Issue[] {
  return when(!isRewardAmount(amount), path, 'range', `must be 1 to ${limits.amountMax}, or a range`);
}

function areParameters(parameters: unknown): boolean {
  return parameters === undefined || parameters === null || isItemParameters(parameters);
}

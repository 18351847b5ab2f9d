import { isConfigurationKey, isLocalized, isMetadata, limits } from '@kraty/contracts/common';
import type { CheckConfiguration } from '@kraty/contracts/configuration';
import {
  builtInItemTypes,
  catalogLimits,
  type CurrencyConfiguration,
  type ItemConfiguration,
} from '@kraty/contracts/economy';
import type { Issue } from '@kraty/contracts/failures';
import type { Catalog } from '../catalog/catalog.js';

/** Every reason why changes of the catalog cannot stand; empty when they can (04 §7). */
export function checkCatalog({ changes }: Pick<CheckConfiguration, 'changes'>, catalog: Catalog): Issue[] {
  const items = changes.upserts.items ?? [];
  const currencies = changes.upserts.currencies ?? [];
  return [
    ...duplicates('items', items),
    ...items.flatMap(itemIssues),
    ...duplicates('currencies', currencies),
    ...currencies.flatMap((currency) => currencyIssues(currency, catalog)),
    ...archiveIssues('items', changes.archives.items, catalog.items),
    ...archiveIssues('currencies', changes.archives.currencies, catalog.currencies),
  ];
}

function itemIssues(item: ItemConfiguration): Issue[] {
  const path = `items[${item.key}]`;
  const knownType = (builtInItemTypes as readonly string[]).includes(item.itemTypeKey ?? 'generic');
  return [
    ...commonIssues(path, item),
    ...when(!knownType, `${path}.itemTypeKey`, 'unknown_reference', `there is no item type ${item.itemTypeKey}`),
    ...when(!areTags(item.tags ?? []), `${path}.tags`, 'length', `at most ${catalogLimits.tagsMax} short texts`),
    ...when(!isMetadata(item.attributes ?? {}), `${path}.attributes`, 'length', 'too large'),
  ];
}

function currencyIssues(currency: CurrencyConfiguration, catalog: Catalog): Issue[] {
  const path = `currencies[${currency.key}]`;
  const present = catalog.currencies.get(currency.key);
  const initialBalance = currency.initialBalance ?? 0;
  const writableMoney = currency.clientWritable === true && currency.kind === 'currency';
  return [
    ...commonIssues(path, currency),
    ...when(!isKind(currency.kind), `${path}.kind`, 'enum', 'must be currency or progression'),
    ...when(
      present !== undefined && present.kind !== currency.kind,
      `${path}.kind`,
      'conflict',
      `is ${present?.kind} and can never change`,
    ),
    ...when(!isBalance(initialBalance), `${path}.initialBalance`, 'range', `must be 0 to ${limits.amountMax}`),
    ...when(writableMoney, `${path}.clientWritable`, 'conflict', 'only a progression may be written by clients'),
  ];
}

function commonIssues(path: string, row: ItemConfiguration | CurrencyConfiguration): Issue[] {
  const description = row.description ?? null;
  return [
    ...when(!isConfigurationKey(row.key), `${path}.key`, 'format', 'is no key, or is shaped like a UUID'),
    ...when(!isLocalized(row.name), `${path}.name`, 'length', 'must be a text of 1 to 500 characters'),
    ...when(description !== null && !isLocalized(description), `${path}.description`, 'length', 'must be a text'),
  ];
}

function duplicates(section: string, rows: readonly { key: string }[]): Issue[] {
  const seen = new Set<string>();
  return rows.flatMap(({ key }) => {
    const again = seen.has(key);
    seen.add(key);
    return when(again, `${section}[${key}].key`, 'duplicate', 'is used twice');
  });
}

function archiveIssues(section: string, keys: readonly string[] = [], rows: ReadonlyMap<string, unknown>): Issue[] {
  return keys.flatMap((key) => when(!rows.has(key), `${section}[${key}]`, 'unknown_reference', 'does not exist'));
}

function areTags(tags: readonly string[]): boolean {
  return tags.length <= catalogLimits.tagsMax && tags.every((tag) => tag.length <= catalogLimits.tagCharactersMax);
}

function isKind(kind: string): boolean {
  return kind === 'currency' || kind === 'progression';
}

function isBalance(value: number): boolean {
  return Number.isInteger(value) && value >= 0 && value <= limits.amountMax;
}

function when(holds: boolean, path: string, code: Issue['code'], message: string): Issue[] {
  return holds ? [{ path, code, message }] : [];
}

import { isConfigurationKey, isLocalized, isMetadata, limits, type Localized } from '@kraty/contracts/common';
import type { ProposedChanges, Sections } from '@kraty/contracts/configuration';
import {
  builtInItemTypes,
  catalogLimits,
  type CurrencyConfiguration,
  type Gifting,
  type ItemConfiguration,
  type ItemTypeConfiguration,
} from '@kraty/contracts/economy';
import type { Issue } from '@kraty/contracts/failures';
import { isRolls } from '@kraty/contracts/grants';
import type { Catalog } from '../catalog/catalog.js';
import { derivedIssues } from './check-derived.js';
import { when } from './issues.js';

/** Every reason why changes of the catalog cannot stand; empty when they can (04 §7). */
export function checkCatalog(
  { changes, desired }: Pick<ProposedChanges, 'changes' | 'desired'>,
  catalog: Catalog,
): Issue[] {
  const { itemTypes = [], items = [], currencies = [] } = changes.upserts;
  return [
    ...duplicates('itemTypes', itemTypes),
    ...itemTypes.flatMap(itemTypeIssues),
    ...duplicates('items', items),
    ...items.flatMap((item) => itemIssues(item, desired)),
    ...duplicates('currencies', currencies),
    ...currencies.flatMap((currency) => [...currencyIssues(currency, catalog), ...derivedIssues(currency, desired)]),
    ...archiveIssues('itemTypes', changes.archives.itemTypes, catalog.itemTypes),
    ...archiveIssues('items', changes.archives.items, catalog.items),
    ...archiveIssues('currencies', changes.archives.currencies, catalog.currencies),
    ...abandonedTypes(changes.archives.itemTypes, desired),
    ...abandonedSources(changes.archives.currencies, desired),
  ];
}

function itemTypeIssues(type: ItemTypeConfiguration): Issue[] {
  const path = `itemTypes[${type.key}]`;
  const builtIn = (builtInItemTypes as readonly string[]).includes(type.key);
  return [
    ...commonIssues(path, type),
    ...when(builtIn, `${path}.key`, 'conflict', 'is built in'),
    ...when(typeof type.stackable !== 'boolean', `${path}.stackable`, 'type', 'must be true or false'),
  ];
}

function itemIssues(item: ItemConfiguration, desired: Sections): Issue[] {
  const path = `items[${item.key}]`;
  const typeKey = item.itemTypeKey ?? 'generic';
  const builtIn = (builtInItemTypes as readonly string[]).includes(typeKey);
  const knownType = builtIn || desired.itemTypes.some(({ key }) => key === typeKey);
  return [
    ...commonIssues(path, item),
    ...when(!knownType, `${path}.itemTypeKey`, 'unknown_reference', `there is no item type ${typeKey}`),
    ...when(!areTags(item.tags ?? []), `${path}.tags`, 'length', `at most ${catalogLimits.tagsMax} short texts`),
    ...when(!isMetadata(item.attributes ?? {}), `${path}.attributes`, 'length', 'too large'),
    ...crateIssues(item, typeKey, desired),
    ...giftingIssues(item.gifting, path),
  ];
}

/** What opening rolls must exist (07 §1); only items of type `crate` can be opened (04 §7). */
function crateIssues({ key, crate }: ItemConfiguration, typeKey: string, desired: Sections): Issue[] {
  if (!crate) return [];
  const path = `items[${key}].crate`;
  const known = desired.rewardTables.some((table) => table.key === crate.tableKey);
  const rolls = crate.rolls == null || isRolls(crate.rolls);
  return [
    ...when(typeKey !== 'crate', path, 'conflict', 'only an item with itemTypeKey: crate can be opened'),
    ...when(!known, `${path}.tableKey`, 'unknown_reference', `there is no reward table ${crate.tableKey}`),
    ...when(!rolls, `${path}.rolls`, 'range', 'must be 1 to 100, or a range within'),
  ];
}

function giftingIssues(gifting: Gifting | null | undefined, path: string): Issue[] {
  const within = !gifting || (isBalance(gifting.maxAmount) && gifting.maxAmount >= 1);
  return when(!within, `${path}.gifting.maxAmount`, 'range', `must be 1 to ${limits.amountMax}`);
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
    ...giftingIssues(currency.gifting, path),
  ];
}

function abandonedTypes(archived: readonly string[] = [], desired: Sections): Issue[] {
  return archived.flatMap((key) => {
    const used = desired.items.find(({ itemTypeKey }) => itemTypeKey === key);
    return when(Boolean(used), `itemTypes[${key}]`, 'conflict', `item ${used?.key} is of this type`);
  });
}

function abandonedSources(archived: readonly string[] = [], desired: Sections): Issue[] {
  return archived.flatMap((key) => {
    const follower = desired.currencies.find(({ derivedFrom }) => derivedFrom?.sourceKey === key);
    return when(Boolean(follower), `currencies[${key}]`, 'conflict', `${follower?.key} follows it`);
  });
}

/** What every keyed object of the catalog has. */
interface Named {
  key: string;
  name: Localized;
  description?: Localized | null;
}

function commonIssues(path: string, row: Named): Issue[] {
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

import { createHash } from 'node:crypto';
import type { Json, Localized } from '@kraty/contracts/common';
import type { CatalogCurrency, CatalogItem } from '@kraty/contracts/economy';

export interface StoredItem extends CatalogItem {
  archived: boolean;
}

export interface StoredCurrency extends CatalogCurrency {
  clientWritable: boolean;
  initialBalance: number;
  archived: boolean;
}

/** What a game's catalog says to players. */
export interface PublicCatalog {
  items: CatalogItem[];
  currencies: CatalogCurrency[];
}

/** The catalog of one game as the service works with it; made once a version and then only read. */
export interface Catalog {
  version: number;
  items: ReadonlyMap<string, StoredItem>;
  currencies: ReadonlyMap<string, StoredCurrency>;
  /** Currencies that begin with something, by key. */
  initialBalances: ReadonlyMap<string, number>;
  etag: string;
  published: PublicCatalog;
}

export function catalogOf(
  version: number,
  items: readonly StoredItem[],
  currencies: readonly StoredCurrency[],
): Catalog {
  const published = publish(items, currencies);
  const initial = currencies.filter((currency) => currency.initialBalance > 0 && !currency.archived);
  return {
    version,
    items: byKey(items),
    currencies: byKey(currencies),
    initialBalances: new Map(initial.map(({ key, initialBalance }) => [key, initialBalance])),
    etag: etagOf(published),
    published,
  };
}

/** Archived rows are left out; both lists are sorted by key (08 §1). */
function publish(items: readonly StoredItem[], currencies: readonly StoredCurrency[]): PublicCatalog {
  return {
    items: sorted(items).map(publicItem),
    currencies: sorted(currencies).map(publicCurrency),
  };
}

function publicItem(item: StoredItem): CatalogItem {
  const { key, name, iconUrl, description, itemTypeKey, tags, rarity, attributes } = item;
  return { key, name, iconUrl, description, itemTypeKey, tags, rarity, attributes };
}

function publicCurrency({ key, name, iconUrl, description, kind }: StoredCurrency): CatalogCurrency {
  return { key, name, iconUrl, description, kind };
}

function sorted<R extends { key: string; archived: boolean }>(rows: readonly R[]): R[] {
  return rows.filter((row) => !row.archived).toSorted((left, right) => (left.key < right.key ? -1 : 1));
}

function byKey<R extends { key: string }>(rows: readonly R[]): Map<string, R> {
  return new Map(rows.map((row) => [row.key, row]));
}

/** Names exactly these bytes, whichever instance answers. */
function etagOf(published: PublicCatalog): string {
  const digest = createHash('sha256').update(JSON.stringify(published)).digest('base64url');
  return `"${digest.slice(0, 22)}"`;
}

/** Columns as PostgreSQL hands them over. */
export interface ItemRow {
  key: string;
  name: Localized;
  description: Localized | null;
  icon_url: string | null;
  item_type_key: string;
  tags: string[];
  rarity: string | null;
  attributes: Json;
  archived: boolean;
}

export interface CurrencyRow {
  key: string;
  name: Localized;
  description: Localized | null;
  icon_url: string | null;
  kind: 'currency' | 'progression';
  client_writable: boolean;
  initial_balance: number;
  archived: boolean;
}

export function itemOf({ icon_url: iconUrl, item_type_key: itemTypeKey, ...row }: ItemRow): StoredItem {
  return { ...row, iconUrl, itemTypeKey };
}

export function currencyOf(row: CurrencyRow): StoredCurrency {
  const { icon_url: iconUrl, client_writable: clientWritable, initial_balance: initialBalance, ...rest } = row;
  return { ...rest, iconUrl, clientWritable, initialBalance };
}

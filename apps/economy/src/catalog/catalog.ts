import { createHash } from 'node:crypto';
import type { Json, Localized } from '@kraty/contracts/common';
import type {
  CatalogCurrency,
  CatalogItem,
  DerivedFrom,
  Gifting,
  ItemConfiguration,
  ItemTypeConfiguration,
} from '@kraty/contracts/economy';

export type Crate = NonNullable<ItemConfiguration['crate']>;

export interface StoredItem extends CatalogItem {
  crate: Crate | null;
  gifting: Gifting | null;
  version: number;
  archived: boolean;
  archivedAt: string | null;
}

export interface StoredItemType extends ItemTypeConfiguration {
  version: number;
  archived: boolean;
  archivedAt: string | null;
}

export interface StoredCurrency extends CatalogCurrency {
  clientWritable: boolean;
  initialBalance: number;
  gifting: Gifting | null;
  derivedFrom: DerivedFrom | null;
  version: number;
  archived: boolean;
  archivedAt: string | null;
}

/** A progression that follows another resource. */
export interface Follower {
  key: string;
  derivedFrom: DerivedFrom;
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
  /** Of the game's own, beside the built-in ones. */
  itemTypes: ReadonlyMap<string, StoredItemType>;
  /** By the key they follow; archived ones stand still. */
  followers: ReadonlyMap<string, readonly Follower[]>;
  /** Currencies that begin with something, by key. */
  initialBalances: ReadonlyMap<string, number>;
  etag: string;
  published: PublicCatalog;
}

/** Rows of a game's catalog, archived ones included. */
export interface CatalogRows {
  items: readonly StoredItem[];
  currencies: readonly StoredCurrency[];
  itemTypes: readonly StoredItemType[];
}

export function catalogOf(version: number, { items, currencies, itemTypes }: CatalogRows): Catalog {
  const published = publish(items, currencies);
  const initial = currencies.filter((currency) => currency.initialBalance > 0 && !currency.archived);
  return {
    version,
    items: byKey(items),
    currencies: byKey(currencies),
    itemTypes: byKey(itemTypes),
    followers: followersOf(currencies),
    initialBalances: new Map(initial.map(({ key, initialBalance }) => [key, initialBalance])),
    etag: etagOf(published),
    published,
  };
}

/** Boards may rank by such a resource (06 §13). */
export function isProgression({ type, key }: { type: string; key: string }, catalog: Catalog | undefined): boolean {
  return type === 'economy' && catalog?.currencies.get(key)?.kind === 'progression';
}

function followersOf(currencies: readonly StoredCurrency[]): Map<string, Follower[]> {
  const followers = new Map<string, Follower[]>();
  for (const { key, derivedFrom, archived } of currencies) {
    if (!derivedFrom || archived) continue;
    followers.set(derivedFrom.sourceKey, [...(followers.get(derivedFrom.sourceKey) ?? []), { key, derivedFrom }]);
  }
  return followers;
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
  crate: Crate | null;
  gifting: Gifting | null;
  version: number;
  archived_at: string | null;
}

export interface CurrencyRow {
  key: string;
  name: Localized;
  description: Localized | null;
  icon_url: string | null;
  kind: 'currency' | 'progression';
  client_writable: boolean;
  initial_balance: number;
  gifting: Gifting | null;
  derived_from: DerivedFrom | null;
  version: number;
  archived_at: string | null;
}

export interface ItemTypeRow extends ItemTypeConfiguration {
  version: number;
  archived_at: string | null;
}

export function itemOf({
  icon_url: iconUrl,
  item_type_key: itemTypeKey,
  archived_at: at,
  ...row
}: ItemRow): StoredItem {
  return { ...row, iconUrl, itemTypeKey, ...archivingOf(at) };
}

export function itemTypeOf({ archived_at: at, ...row }: ItemTypeRow): StoredItemType {
  return { ...row, ...archivingOf(at) };
}

export function currencyOf(row: CurrencyRow): StoredCurrency {
  const { icon_url: iconUrl, client_writable: clientWritable, initial_balance: initialBalance, ...others } = row;
  const { derived_from: derivedFrom, archived_at: at, ...rest } = others;
  return { ...rest, iconUrl, clientWritable, initialBalance, derivedFrom, ...archivingOf(at) };
}

/** PostgreSQL writes times in JSON with an offset. */
function archivingOf(at: string | null): { archived: boolean; archivedAt: string | null } {
  return { archived: at !== null, archivedAt: at === null ? null : new Date(at).toISOString() };
}

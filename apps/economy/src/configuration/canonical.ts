import { canonicalJson, canonicalText } from '@kraty/contracts/configuration';
import {
  canonicalCrate,
  canonicalDerivedFrom,
  type CurrencyConfiguration,
  type Gifting,
  type ItemConfiguration,
  type ItemTypeConfiguration,
} from '@kraty/contracts/economy';
import type { StoredCurrency, StoredItem, StoredItemType } from '../catalog/catalog.js';

export const itemTypeDefault = 'generic';

/** An item as a document states it: fixed field order, defaults left out (04 §12). */
export function canonicalItem(item: StoredItem): ItemConfiguration {
  return {
    key: item.key,
    name: canonicalText(item.name),
    ...(item.description !== null && { description: canonicalText(item.description) }),
    ...(item.iconUrl !== null && { iconUrl: item.iconUrl }),
    ...(item.itemTypeKey !== itemTypeDefault && { itemTypeKey: item.itemTypeKey }),
    ...(item.tags.length > 0 && { tags: item.tags }),
    ...(item.rarity !== null && { rarity: item.rarity }),
    ...(Object.keys(item.attributes).length > 0 && { attributes: canonicalJson(item.attributes) }),
    ...(item.gifting !== null && { gifting: canonicalGifting(item.gifting) }),
    ...(item.crate !== null && { crate: canonicalCrate(item.crate) }),
  };
}

/** A currency or progression as a document states it. */
export function canonicalCurrency(currency: StoredCurrency): CurrencyConfiguration {
  return {
    key: currency.key,
    name: canonicalText(currency.name),
    ...(currency.description !== null && { description: canonicalText(currency.description) }),
    ...(currency.iconUrl !== null && { iconUrl: currency.iconUrl }),
    kind: currency.kind,
    ...(currency.initialBalance > 0 && { initialBalance: currency.initialBalance }),
    ...(currency.clientWritable && { clientWritable: true }),
    ...(currency.gifting !== null && { gifting: canonicalGifting(currency.gifting) }),
    ...(currency.derivedFrom !== null && { derivedFrom: canonicalDerivedFrom(currency.derivedFrom) }),
  };
}

/** What a document's item becomes when its defaults are filled in. */
export function storedItem(item: ItemConfiguration): StoredItem {
  return {
    key: item.key,
    name: canonicalText(item.name),
    description: item.description ? canonicalText(item.description) : null,
    iconUrl: item.iconUrl ?? null,
    itemTypeKey: item.itemTypeKey ?? itemTypeDefault,
    tags: item.tags ?? [],
    rarity: item.rarity || null,
    attributes: item.attributes ?? {},
    crate: item.crate ? canonicalCrate(item.crate) : null,
    gifting: item.gifting ? canonicalGifting(item.gifting) : null,
    version: 1,
    archived: false,
    archivedAt: null,
  };
}

export function storedCurrency(currency: CurrencyConfiguration): StoredCurrency {
  return {
    key: currency.key,
    name: canonicalText(currency.name),
    description: currency.description ? canonicalText(currency.description) : null,
    iconUrl: currency.iconUrl ?? null,
    kind: currency.kind,
    initialBalance: currency.initialBalance ?? 0,
    clientWritable: currency.clientWritable ?? false,
    gifting: currency.gifting ? canonicalGifting(currency.gifting) : null,
    derivedFrom: currency.derivedFrom ? canonicalDerivedFrom(currency.derivedFrom) : null,
    version: 1,
    archived: false,
    archivedAt: null,
  };
}

/** A type of items of the game's own as a document states it. */
export function canonicalItemType({ key, name, stackable }: StoredItemType): ItemTypeConfiguration {
  return { key, name: canonicalText(name), stackable };
}

export function storedItemType({ key, name, stackable }: ItemTypeConfiguration): StoredItemType {
  return { key, name: canonicalText(name), stackable, version: 1, archived: false, archivedAt: null };
}

function canonicalGifting({ giftable, maxAmount, costsSender }: Gifting): Gifting {
  return { giftable, maxAmount, costsSender };
}

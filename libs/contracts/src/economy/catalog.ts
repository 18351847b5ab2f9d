import type { GameScope, Json, Localized } from '../common/index.js';
import { fact, request } from '../messages/index.js';

export interface CatalogItem {
  key: string;
  name: Localized;
  iconUrl: string | null;
  description: Localized | null;
  itemTypeKey: string;
  tags: string[];
  rarity: string | null;
  attributes: Json;
}

export interface CatalogCurrency {
  key: string;
  name: Localized;
  iconUrl: string | null;
  description: Localized | null;
  kind: 'currency' | 'progression';
}

/** Items of a configuration document (04 §7). */
export interface ItemConfiguration {
  key: string;
  name: Localized;
  description?: Localized | null;
  iconUrl?: string | null;
  itemTypeKey?: string;
  tags?: string[];
  rarity?: string | null;
  attributes?: Json;
}

/** Currencies and progressions of a configuration document (04 §7). */
export interface CurrencyConfiguration {
  key: string;
  name: Localized;
  description?: Localized | null;
  iconUrl?: string | null;
  kind: 'currency' | 'progression';
  /** 0 … 2 147 483 647, default 0 (08 §3). */
  initialBalance?: number;
  /** Progressions only. */
  clientWritable?: boolean;
}

/** Types every game has without declaring them. */
export const builtInItemTypes = ['generic', 'consumable', 'cosmetic', 'crate'] as const;

/** The whole catalog without archived rows, sorted by key, with its entity tag. */
export const readCatalog = request<
  { game: GameScope },
  { etag: string; catalog: { items: CatalogItem[]; currencies: CatalogCurrency[] } }
>('economy', 'read-catalog');

/** The catalog of a game changed: caches drop it. Revision = the catalog's version. */
export const catalogChanged = fact<{ version: number }>('economy', 'catalog', 'changed', 'state');

import type { GameScope, Json, Localized } from '../common/index.js';
import type { RewardContents } from '../grants/policies.js';
import type { Amount } from '../grants/rewards.js';
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
  gifting?: Gifting;
  /** Items of type `crate` only: what opening one rolls. */
  crate?: { tableKey: string; rolls?: Amount };
}

/** Rules for gifts between players (15). */
export interface Gifting {
  giftable: boolean;
  maxAmount: number;
  costsSender: boolean;
}

/** A type of items of the game's own, beside the built-in ones. */
export interface ItemTypeConfiguration {
  key: string;
  name: Localized;
  stackable: boolean;
}

/** A progression that follows another resource of the same player (08 §8). */
export interface DerivedFrom {
  sourceKey: string;
  /** Strictly ascending, first 0, 1 … 1 000 values. */
  thresholds: number[];
  /** Default 1. */
  startLevel?: number;
  levelRewards?: ({ level: number } & RewardContents)[];
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
  gifting?: Gifting;
  /** Progressions only. */
  derivedFrom?: DerivedFrom;
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

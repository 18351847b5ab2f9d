import type { GameScope, Json, Localized } from '../common/index.js';
import { fact, request } from '../messages/index.js';

/** A fixed number, or a range with both ends included (07 §2). */
export type Amount = number | { min: number; max: number; step?: number };

/** What a bundle says (07 §1). */
export type RewardEntry =
  | { type: 'currency'; currencyKey: string; amount: Amount }
  | { type: 'item'; itemKey: string; quantity: Amount; parameters?: Json }
  | { type: 'crate'; crateItemKey: string; quantity: Amount }
  | { type: 'table'; tableKey: string; rolls?: Amount };

/** What a grant holds: plain integers. */
export type GrantedEntry =
  | { type: 'currency'; currencyKey: string; amount: number }
  | { type: 'item'; itemKey: string; quantity: number; parameters?: Json }
  | { type: 'crate'; crateItemKey: string; quantity: number };

/** An ordered list, all of it granted. */
export interface RewardBundleConfiguration {
  key: string;
  name: Localized;
  entries: RewardEntry[];
}

/** A weighted list of outcomes (07 §1, §4). */
export interface RewardTableConfiguration {
  key: string;
  name: Localized;
  /** 1 … 200 entries; a weight is an integer 1 … 1 000 000. */
  weightedEntries: { weight: number; entry: RewardEntry }[];
  /** Default 1. */
  rolls?: Amount;
  /** Default true. */
  withReplacement?: boolean;
}

/** A range is shown by its maximum, with the range beside it (07 §6). */
export type RewardPreview = GrantedEntry & { range?: { min: number; max: number; step: number } };

export interface BundlePreview {
  key: string;
  name: Localized | null;
  entries: RewardPreview[];
  /** Entries that roll a reward table and are left out. */
  randomEntries: number;
}

/** Previews of bundles by key; archived and unknown keys are null. At most 200 keys. */
export const previewBundles = request<
  { game: GameScope; keys: string[] },
  { bundles: Record<string, BundlePreview | null> }
>('grants', 'preview-bundles');

/** Bundles of a game changed: previews are dropped. Revision = the section's version. */
export const rewardsChanged = fact<{ version: number }>('grants', 'rewards', 'changed', 'state');

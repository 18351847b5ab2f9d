import type { Json } from '@kraty/contracts/common';
import {
  boardLimits,
  countryFallbackDefault,
  type Segmentation,
  type SegmentationAxis,
} from '@kraty/contracts/leaderboards';

/** What buckets are derived from; what an axis does not look at may be left empty. */
export interface Known {
  context: Json | null;
  /** Balances by economy key; what is missing is 0. */
  balances: Readonly<Record<string, number>>;
  country: string | null;
}

/** Where a write lands: `null` on a board that is not split. */
export type Placed = { segment: string | null };

/** The bucket of a player; null when there is none and the write is dropped (06 §4.2). */
export function placeOf(split: Segmentation, known: Known): Placed | null {
  if (split.type === 'none') return { segment: null };
  const axes = split.type === 'combined' ? split.axes : [split];
  const buckets = axes.map((axis) => bucketOf(axis, known));
  if (buckets.some((bucket) => bucket === null)) return null;
  if (split.type !== 'combined') return { segment: buckets[0]! };
  return { segment: buckets.map((bucket) => bucket!.replaceAll('|', '%7C')).join('|') };
}

/** True when the first row of a period decides where the player stands until it ends (06 §4.2). */
export function isPinned({ type }: Segmentation): boolean {
  return type === 'progression' || type === 'country' || type === 'combined';
}

/** Economy keys whose balances a segmentation looks at. */
export function economyKeysOf(split: Segmentation): string[] {
  const axes = split.type === 'none' ? [] : split.type === 'combined' ? split.axes : [split];
  return axes.flatMap((axis) => (axis.type === 'progression' ? [axis.economyKey] : []));
}

export function looksAtCountry(split: Segmentation): boolean {
  return split.type === 'country' || (split.type === 'combined' && split.axes.some(({ type }) => type === 'country'));
}

export function looksAtContext(split: Segmentation): boolean {
  return split.type === 'context' || (split.type === 'combined' && split.axes.some(({ type }) => type === 'context'));
}

/** Segments a caller may name on a board with a closed list; null when any may be named (02 §7.3). */
export function allowedSegments(split: Segmentation): string[] | null {
  if (split.type !== 'context' || !split.values) return null;
  return split.fallback === undefined ? split.values : [...new Set([...split.values, split.fallback])];
}

/** The balance at which the highest division begins; promotion on the same progression stops there (06 §9). */
export function ceilingOf(split: Segmentation, itemKey: string): number | null {
  if (split.type !== 'progression' || split.economyKey !== itemKey) return null;
  return split.divisions.at(-1)?.min ?? null;
}

/** Blocks of standings: highest division first, else by code unit (06 §11). */
export function inOrderOfSegments(split: Segmentation, segments: readonly string[]): string[] {
  if (split.type !== 'progression') return segments.toSorted();
  const rank = new Map(split.divisions.map(({ key }, at) => [key, at]));
  const rankOf = (segment: string) => rank.get(segment) ?? -1;
  return segments.toSorted((left, right) => rankOf(right) - rankOf(left) || (left < right ? -1 : 1));
}

function bucketOf(axis: SegmentationAxis, known: Known): string | null {
  switch (axis.type) {
    case 'context':
      return contextBucket(axis, known.context);
    case 'progression': {
      const balance = known.balances[axis.economyKey] ?? 0;
      return axis.divisions.findLast(({ min }) => min <= balance)?.key ?? null;
    }
    case 'country':
      return known.country ?? axis.fallback ?? countryFallbackDefault;
  }
}

function contextBucket(
  { key, values, fallback }: Extract<SegmentationAxis, { type: 'context' }>,
  context: Json | null,
): string | null {
  const value = context && Object.hasOwn(context, key) ? context[key] : undefined;
  const isPlain = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
  const bucket = isPlain ? String(value).trim() : '';
  const isPermitted =
    bucket !== '' && bucket.length <= boardLimits.segmentCharactersMax && (!values || values.includes(bucket));
  return isPermitted ? bucket : (fallback ?? null);
}

import type { JsonValue } from '@kraty/contracts/common';
import type { Segmentation, SegmentationAxis } from '@kraty/contracts/leaderboards';
import { axesOf } from '../definitions/board-rules.js';
import { amountOf, needAmount, type FactNeeds, type PlayerFacts } from '../conditions/player-facts.js';

const countryFallback = 'ZZ';
/** A shard is part of an index. */
const shardCharactersMax = 256;

/** Adds what must be known before the segment can be told. */
export function needsOfSegment(segmentation: Segmentation, needs: FactNeeds): void {
  for (const axis of axesOf(segmentation)) {
    if (axis.type === 'progression') needAmount(needs, { type: 'economy', key: axis.economyKey });
    if (axis.type === 'country') needs.traits = true;
  }
}

/** True when players themselves name segments that no configuration lists: there may be any number of them. */
export function isOpenEnded(segmentation: Segmentation): boolean {
  return axesOf(segmentation).some(isOpenAxis);
}

/**
 * The board a player belongs to (06 §4.2); null = none can be told.
 *
 * @param isFull no further segment may be named: what a context says on an open axis counts as missing
 */
export function segmentOf(segmentation: Segmentation, facts: PlayerFacts, isFull = false): string | null {
  const buckets = axesOf(segmentation).map((axis) =>
    isFull && isOpenAxis(axis) ? (axis.fallback ?? null) : bucketOf(axis, facts),
  );
  if (buckets.length === 0 || buckets.includes(null)) return null;
  const [only] = buckets;
  if (segmentation.type !== 'combined') return only ?? null;
  // A bar inside a bucket must not look like the one between two.
  return buckets.map((bucket) => bucket?.replaceAll('|', '%7C')).join('|');
}

type ContextAxis = Extract<SegmentationAxis, { type: 'context' }>;

function isOpenAxis(axis: SegmentationAxis): axis is ContextAxis {
  return axis.type === 'context' && axis.values === undefined;
}

function bucketOf(axis: SegmentationAxis, facts: PlayerFacts): string | null {
  switch (axis.type) {
    case 'context':
      return contextBucket(axis, facts);
    case 'progression':
      return divisionOf(axis.divisions, amountOf(facts, { type: 'economy', key: axis.economyKey }));
    case 'country':
      return facts.country ?? axis.fallback ?? countryFallback;
  }
}

function contextBucket({ key, values, fallback }: ContextAxis, { context }: PlayerFacts): string | null {
  const text = shardText(Object.hasOwn(context, key) ? context[key] : undefined)?.trim() ?? '';
  const isKnown = text !== '' && (values === undefined || values.includes(text));
  return isKnown ? text : (fallback ?? null);
}

/** The highest division whose minimum the balance reaches. */
function divisionOf(divisions: readonly { key: string; min: number }[], balance: number): string | null {
  const reached = divisions.filter(({ min }) => min <= balance);
  return reached.reduce<{ key: string; min: number } | null>(higher, null)?.key ?? null;
}

function higher(best: { key: string; min: number } | null, next: { key: string; min: number }) {
  return best === null || next.min >= best.min ? next : best;
}

/** Text of what can name a shard; null for what is missing or too long, and for lists and objects. */
export function shardText(value: JsonValue | undefined): string | null {
  const isScalar = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
  // PostgreSQL's text refuses NUL, which JSON allows.
  const text = isScalar ? String(value).replaceAll('\u0000', '') : null;
  return text === null || text.length > shardCharactersMax ? null : text;
}

import type { EventListing, EventRewardPolicy } from '@kraty/contracts/events';
import type { BundlePreview, RewardEntry, RewardPreview } from '@kraty/contracts/grants';
import type { EventDefinition } from '../definitions/event-definition.js';

/** A window open for the player, with the two revisions that speak for it (05 §16). */
export interface ListedWindow {
  eventKey: string;
  windowId: string;
  startsAt: Date;
  endsAt: Date;
  metadataOverride: EventListing['metadata'];
  leaderboardId: string | null;
  /** What was in force when the window opened. */
  pinned: EventDefinition;
  /** What is in force now: name and metadata act at once. */
  latest: EventDefinition;
}

export type Previews = ReadonlyMap<string, BundlePreview | null>;

export function listingOf(window: ListedWindow, currentAttemptId: string | null, previews: Previews): EventListing {
  const { pinned, latest } = window;
  return {
    eventKey: window.eventKey,
    name: latest.name,
    windowId: window.windowId,
    startsAt: window.startsAt.toISOString(),
    endsAt: window.endsAt.toISOString(),
    leaderboardId: pinned.boardMode === 'global' ? window.leaderboardId : null,
    currentAttemptId,
    type: pinned.type,
    leaderboardMode: pinned.boardMode,
    metrics: pinned.listedMetrics,
    entryRequirement: null,
    entryCost: null,
    metadata: mergedMetadata(latest.metadata, window.metadataOverride),
    milestoneRewards: [],
    rewardPolicy: listedPolicy(pinned.rewardPolicy, previews),
  };
}

/** One level: a window's value replaces the baseline's whole, and null is a value (05 §3). */
export function mergedMetadata(
  baseline: EventListing['metadata'],
  override: EventListing['metadata'],
): EventListing['metadata'] {
  return { ...baseline, ...override };
}

/** Key of the bundle a listing must preview; null when none. */
export function previewedBundle({ rewardPolicy }: EventDefinition): string | null {
  if (rewardPolicy.type !== 'fixed_bundle' || !('rewardBundleKey' in rewardPolicy.parameters)) return null;
  return rewardPolicy.parameters.rewardBundleKey;
}

function listedPolicy(policy: EventRewardPolicy, previews: Previews): EventListing['rewardPolicy'] {
  if (policy.type === 'none') return { type: 'none' };
  if ('entries' in policy.parameters) return { type: 'fixed_bundle', bundle: inlineBundle(policy.parameters.entries) };
  return { type: 'fixed_bundle', bundle: previews.get(policy.parameters.rewardBundleKey) ?? null };
}

function inlineBundle(entries: readonly RewardEntry[]): BundlePreview {
  return { key: '', name: null, entries: entries.map(previewOf), randomEntries: 0 };
}

/** Typed clients need a number where a range is configured: its maximum, with the range beside it (07 §6). */
function previewOf(entry: RewardEntry): RewardPreview {
  const configured = entry.type === 'currency' ? entry.amount : entry.quantity;
  const most = typeof configured === 'number' ? configured : configured.max;
  const range =
    typeof configured === 'number'
      ? {}
      : { range: { min: configured.min, max: configured.max, step: configured.step ?? 1 } };
  if (entry.type === 'currency') return { type: 'currency', currencyKey: entry.currencyKey, amount: most, ...range };
  const parameters = entry.parameters === undefined ? {} : { parameters: entry.parameters };
  return { type: 'item', itemKey: entry.itemKey, quantity: most, ...parameters, ...range };
}

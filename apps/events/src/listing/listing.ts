import type { Json } from '@kraty/contracts/common';
import type { EventListing } from '@kraty/contracts/events';
import type { EventDefinition } from '../definitions/event-definition.js';
import { milestonePreviews, policyPreview, type Previews } from './reward-previews.js';

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
    leaderboardMode: printedMode(pinned.boardMode),
    metrics: pinned.listedMetrics,
    entryRequirement: pinned.entryRequirement as Json | null,
    entryCost: pinned.entryCost,
    metadata: mergedMetadata(latest.metadata, window.metadataOverride),
    milestoneRewards: milestonePreviews(pinned, previews),
    rewardPolicy: policyPreview(pinned.rewardPolicy, previews),
  };
}

/** One level: a window's value replaces the baseline's whole, and null is a value (05 §3). */
export function mergedMetadata(
  baseline: EventListing['metadata'],
  override: EventListing['metadata'],
): EventListing['metadata'] {
  return { ...baseline, ...override };
}

/** Clients know segmented boards by an older name; board reads print the newer one (05 §6). */
function printedMode(mode: EventDefinition['boardMode']): EventListing['leaderboardMode'] {
  return mode === 'segmented' ? 'global_segmented' : mode;
}

import type { Iso, Json, Localized, Scope } from '../common/index.js';
import type { BundlePreview, RewardPreview } from '../grants/index.js';
import { request } from '../messages/index.js';

/** An event whose window is open for the player now (02 §2). */
export interface EventListing {
  eventKey: string;
  name: Localized;
  windowId: string;
  startsAt: Iso;
  endsAt: Iso;
  leaderboardId: string | null;
  currentAttemptId: string | null;
  type: 'single_metric' | 'multi_metric';
  leaderboardMode: 'global' | 'grouped' | 'global_segmented' | 'lobby_matched' | 'none';
  metrics: Json[];
  entryRequirement: Json | null;
  entryCost: { currencies: { key: string; amount: number }[]; items: { key: string; quantity: number }[] } | null;
  metadata: Json;
  milestoneRewards: { key: string; metricKey: string; threshold: number; entries: RewardPreview[] }[];
  rewardPolicy:
    | { type: 'none' }
    | { type: 'fixed_bundle'; bundle: BundlePreview | null }
    | { type: 'rank_scaled'; tiers: { fromRank: number; toRank: number; bundle: BundlePreview | null }[] }
    | { type: 'shared_pool'; pool: number; currencyKey: string };
}

/** `playerId` null = a player the server does not know: the listing a new player would get. */
export const listEvents = request<{ scope: Scope; playerId: string | null }, EventListing[]>('events', 'list-events');

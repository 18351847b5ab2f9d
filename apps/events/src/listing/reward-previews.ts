import type { EventListing } from '@kraty/contracts/events';
import type {
  Amount,
  BundlePreview,
  RewardContents,
  RewardEntry,
  RewardPolicy,
  RewardPreview,
} from '@kraty/contracts/grants';
import type { EventDefinition } from '../definitions/event-definition.js';

/** Bundles by key; null for one that is archived or cannot be previewed now. */
export type Previews = ReadonlyMap<string, BundlePreview | null>;

/** Keys of the bundles that a listing of the event shows. */
export function previewedBundles({ rewardPolicy, milestones }: EventDefinition): string[] {
  const contents: RewardContents[] = [...milestones];
  if (rewardPolicy.type === 'fixed_bundle') contents.push(rewardPolicy.parameters);
  if (rewardPolicy.type === 'rank_scaled') contents.push(...rewardPolicy.parameters.tiers);
  return contents.flatMap((content) => ('rewardBundleKey' in content ? [content.rewardBundleKey] : []));
}

export function policyPreview(policy: RewardPolicy, previews: Previews): EventListing['rewardPolicy'] {
  switch (policy.type) {
    case 'none':
      return { type: 'none' };
    case 'fixed_bundle':
      return { type: 'fixed_bundle', bundle: bundlePreview(policy.parameters, previews) };
    case 'rank_scaled':
      return {
        type: 'rank_scaled',
        tiers: policy.parameters.tiers.map((tier) => {
          const { fromRank, toRank } = tier;
          return { fromRank, toRank, bundle: bundlePreview(tier, previews) };
        }),
      };
    case 'shared_pool': {
      const { pool, currencyKey } = policy.parameters;
      return { type: 'shared_pool', pool, currencyKey };
    }
  }
}

export function milestonePreviews(
  { milestones }: EventDefinition,
  previews: Previews,
): EventListing['milestoneRewards'] {
  return milestones.map((milestone) => {
    const { key, metricKey, threshold } = milestone;
    return { key, metricKey, threshold, entries: bundlePreview(milestone, previews)?.entries ?? [] };
  });
}

/** Entries of its own are shown as a bundle without a name (07 §6). */
function bundlePreview(contents: RewardContents, previews: Previews): BundlePreview | null {
  if ('rewardBundleKey' in contents) return previews.get(contents.rewardBundleKey) ?? null;
  const plain = contents.entries.filter((entry) => entry.type !== 'table');
  const randomEntries = contents.entries.length - plain.length;
  return { key: '', name: null, entries: plain.map(entryPreview), randomEntries };
}

function entryPreview(entry: Exclude<RewardEntry, { type: 'table' }>): RewardPreview {
  if (entry.type === 'currency') {
    const { most, range } = shown(entry.amount);
    return { type: 'currency', currencyKey: entry.currencyKey, amount: most, ...range };
  }
  const { most, range } = shown(entry.quantity);
  if (entry.type === 'crate') return { type: 'crate', crateItemKey: entry.crateItemKey, quantity: most, ...range };
  const parameters = entry.parameters === undefined ? {} : { parameters: entry.parameters };
  return { type: 'item', itemKey: entry.itemKey, quantity: most, ...parameters, ...range };
}

/** Typed clients need a number where a range is configured: its maximum, with the range beside it (07 §6). */
function shown(amount: Amount): { most: number; range: { range?: { min: number; max: number; step: number } } } {
  if (typeof amount === 'number') return { most: amount, range: {} };
  const { min, max, step = 1 } = amount;
  return { most: max, range: { range: { min, max, step } } };
}

import type { EventConfiguration } from '@kraty/contracts/events';
import type { BundlePreview, MilestoneReward, RankTier } from '@kraty/contracts/grants';
import { eventDefinition } from '../definitions/event-definition.js';
import { listingOf, mergedMetadata } from './listing.js';
import { previewedBundles } from './reward-previews.js';

function listed(configuration: Partial<EventConfiguration>, previews = new Map<string, BundlePreview | null>()) {
  const definition = eventDefinition({ key: 'crab_sprint', ...configuration }, 1);
  const window = {
    eventKey: 'crab_sprint',
    windowId: 'w',
    startsAt: new Date('2026-09-01T00:00:00Z'),
    endsAt: new Date('2026-09-02T00:00:00Z'),
    metadataOverride: {},
    leaderboardId: 'b',
    pinned: definition,
    latest: definition,
  };
  return listingOf(window, null, previews);
}

describe('metadata of a window', () => {
  it.each([
    [{ tier: 'standard' }, {}, { tier: 'standard' }],
    [{ tier: 'standard' }, { tier: 'boss' }, { tier: 'boss' }],
    [{ tier: 'standard' }, { banner: 'lava' }, { tier: 'standard', banner: 'lava' }],
    [{}, {}, {}],
    [{ ui: { a: 1, b: 2 } }, { ui: { a: 9 } }, { ui: { a: 9 } }],
    [{ tier: 'standard' }, { tier: null }, { tier: null }],
  ])('is %j under %j: %j', (baseline, override, merged) => {
    expect(mergedMetadata(baseline, override)).toEqual(merged);
  });
});

describe('a listed event', () => {
  it('shows both names of a weight, the name of the event, and its own board', () => {
    expect(listed({ metrics: [{ key: 'shells', target: 40, capAtTarget: true }] })).toMatchObject({
      name: 'crab_sprint',
      type: 'single_metric',
      leaderboardMode: 'global',
      leaderboardId: 'b',
      metrics: [{ key: 'shells', target: 40, capAtTarget: true, scorePerUnit: 1, scoreWeight: 1 }],
      rewardPolicy: { type: 'none' },
      entryRequirement: null,
      entryCost: null,
      milestoneRewards: [],
    });
    expect(listed({ leaderboard: { mode: 'none' } })).toMatchObject({ leaderboardMode: 'none', leaderboardId: null });
  });

  it('shows the bundle it pays, null when there is none to show', () => {
    const preview = { key: 'prize', name: 'Prize', entries: [], randomEntries: 0 };
    const paying = { rewardPolicy: { type: 'fixed_bundle', parameters: { rewardBundleKey: 'prize' } } } as const;
    expect(listed(paying, new Map([['prize', preview]])).rewardPolicy).toEqual({
      type: 'fixed_bundle',
      bundle: preview,
    });
    expect(listed(paying, new Map([['prize', null]])).rewardPolicy).toEqual({ type: 'fixed_bundle', bundle: null });
  });

  it('shows entries of its own as a bundle without a key, a range by its maximum', () => {
    const { rewardPolicy } = listed({
      rewardPolicy: {
        type: 'fixed_bundle',
        parameters: {
          entries: [
            { type: 'currency', currencyKey: 'pearls', amount: { min: 5, max: 20 } },
            { type: 'item', itemKey: 'bait', quantity: 2, parameters: { fresh: true } },
          ],
        },
      },
    });
    expect(rewardPolicy).toEqual({
      type: 'fixed_bundle',
      bundle: {
        key: '',
        name: null,
        entries: [
          { type: 'currency', currencyKey: 'pearls', amount: 20, range: { min: 5, max: 20, step: 1 } },
          { type: 'item', itemKey: 'bait', quantity: 2, parameters: { fresh: true } },
        ],
        randomEntries: 0,
      },
    });
  });

  it('counts entries that roll a table, and shows crates', () => {
    const { rewardPolicy } = listed({
      rewardPolicy: {
        type: 'fixed_bundle',
        parameters: {
          entries: [
            { type: 'table', tableKey: 'loot', rolls: 2 },
            { type: 'crate', crateItemKey: 'chest', quantity: { min: 1, max: 3 } },
            { type: 'table', tableKey: 'loot' },
          ],
        },
      },
    });
    expect(rewardPolicy).toEqual({
      type: 'fixed_bundle',
      bundle: {
        key: '',
        name: null,
        entries: [{ type: 'crate', crateItemKey: 'chest', quantity: 3, range: { min: 1, max: 3, step: 1 } }],
        randomEntries: 2,
      },
    });
  });

  it('shows every tier of a rank policy, and what a pool holds', () => {
    const gold = { key: 'gold', name: 'Gold', entries: [], randomEntries: 1 };
    const tiers = [
      { fromRank: 1, toRank: 1, rewardBundleKey: 'gold' },
      { fromRank: 2, toRank: 9, rewardBundleKey: 'archived' },
      { fromRank: 10, toRank: 20, entries: [{ type: 'currency', currencyKey: 'pearls', amount: 5 }] },
    ] satisfies RankTier[];
    const ranked = { rewardPolicy: { type: 'rank_scaled', parameters: { tiers } } } as const;
    expect(listed(ranked, new Map([['gold', gold]])).rewardPolicy).toEqual({
      type: 'rank_scaled',
      tiers: [
        { fromRank: 1, toRank: 1, bundle: gold },
        { fromRank: 2, toRank: 9, bundle: null },
        {
          fromRank: 10,
          toRank: 20,
          bundle: {
            key: '',
            name: null,
            entries: [{ type: 'currency', currencyKey: 'pearls', amount: 5 }],
            randomEntries: 0,
          },
        },
      ],
    });
    const winnerPredicate = { type: 'completed' } as const;
    const parameters = { pool: 100, currencyKey: 'pearls', winnerPredicate };
    expect(listed({ rewardPolicy: { type: 'shared_pool', parameters } }).rewardPolicy).toEqual({
      type: 'shared_pool',
      pool: 100,
      currencyKey: 'pearls',
    });
  });

  it('shows milestones with what is certain of them, and names the bundles it needs', () => {
    const five = { type: 'currency', currencyKey: 'pearls', amount: 5 } as const;
    const milestoneRewards = [
      { key: 'first', metricKey: 'shells', threshold: 5, entries: [five, { type: 'table', tableKey: 'loot' }] },
      { key: 'second', metricKey: 'shells', threshold: 15, rewardBundleKey: 'prize' },
      { key: 'third', metricKey: 'shells', threshold: 25, rewardBundleKey: 'archived' },
    ] satisfies MilestoneReward[];
    const prize = { key: 'prize', name: 'Prize', entries: [five], randomEntries: 1 };
    const metrics = [{ key: 'shells' }];
    expect(listed({ metrics, milestoneRewards }, new Map([['prize', prize]])).milestoneRewards).toEqual([
      { key: 'first', metricKey: 'shells', threshold: 5, entries: [five] },
      { key: 'second', metricKey: 'shells', threshold: 15, entries: [five] },
      { key: 'third', metricKey: 'shells', threshold: 25, entries: [] },
    ]);
    const definition = eventDefinition({ key: 'crab_sprint', metrics, milestoneRewards }, 1);
    expect(previewedBundles(definition)).toEqual(['prize', 'archived']);
  });

  it('prints segmented boards by their older name, and a board id only where everybody shares one', () => {
    const segmentation = { type: 'country' } as const;
    expect(listed({ leaderboard: { mode: 'segmented', segmentation } })).toMatchObject({
      leaderboardMode: 'global_segmented',
      leaderboardId: null,
    });
    expect(listed({ leaderboard: { mode: 'grouped' } })).toMatchObject({
      leaderboardMode: 'grouped',
      leaderboardId: null,
    });
  });

  it('shows what it asks for: the requirement as a tree, the cost with both lists', () => {
    const entryRequirement = { type: 'not', condition: { type: 'never' } } as const;
    const entryCost = { items: [{ key: 'bait', quantity: 2 }] };
    expect(listed({ entryRequirement, entryCost })).toMatchObject({
      entryRequirement,
      entryCost: { currencies: [], items: [{ key: 'bait', quantity: 2 }] },
    });
  });
});

import type { EventConfiguration } from '@kraty/contracts/events';
import type { BundlePreview } from '@kraty/contracts/grants';
import { eventDefinition } from '../definitions/event-definition.js';
import { listingOf, mergedMetadata } from './listing.js';

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
});

import { usagesOf } from './usages.js';

describe('usagesOf', () => {
  const sections = {
    items: [{ key: 'box', crate: { tableKey: 'T' }, attributes: { tableKey: 'T' } }],
    rewardTables: [
      {
        key: 'outer',
        weightedEntries: [
          { weight: 1, entry: { type: 'table', tableKey: 'T' } },
          { weight: 1, entry: { type: 'item', itemKey: 'bow', parameters: { tableKey: 'T' } } },
        ],
      },
    ],
    events: [
      {
        key: 'race',
        rewardPolicy: { parameters: { tiers: [{ rewardBundleKey: 'B' }, { rewardBundleKey: 'C' }] } },
        milestoneRewards: [{ key: 'half', rewardBundleKey: 'B' }],
        metadata: { rewardBundleKey: 'B' },
      },
    ],
  };

  it('names every place, and nothing in what belongs to the studio', () => {
    expect(usagesOf(sections, 'rewardTables', 'T')).toEqual([
      { section: 'items', key: 'box', path: 'items[box].crate.tableKey' },
      { section: 'rewardTables', key: 'outer', path: 'rewardTables[outer].weightedEntries[0].entry.tableKey' },
    ]);
    expect(usagesOf(sections, 'rewardBundles', 'B').map(({ path }) => path)).toEqual([
      'events[race].rewardPolicy.parameters.tiers[0].rewardBundleKey',
      'events[race].milestoneRewards[0].rewardBundleKey',
    ]);
    expect(usagesOf(sections, 'rewardBundles', 'D')).toEqual([]);
  });
});

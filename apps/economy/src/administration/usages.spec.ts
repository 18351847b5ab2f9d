import { usagesOf } from './usages.js';

const entry = (fields: object) => ({ key: 'bundle', entries: [fields] });

describe('usages of the catalog', () => {
  const sections = {
    items: [{ key: 'chest', itemTypeKey: 'gold', attributes: { itemKey: 'gold' } }],
    currencies: [{ key: 'level', derivedFrom: { sourceKey: 'gold' } }],
    rewardBundles: [entry({ type: 'item', itemKey: 'gold', parameters: { currencyKey: 'gold' } })],
    events: [
      {
        key: 'daily',
        entryCost: { currencies: [{ key: 'gold' }], items: [{ key: 'gold' }] },
        entryRequirement: { type: 'and', conditions: [{ type: 'currency_at_least', currencyKey: 'gold' }] },
        leaderboard: { progression: { itemKey: 'gold' }, segmentation: { economyKey: 'gold' } },
      },
    ],
  };
  const pathsOf = (section: 'items' | 'itemTypes' | 'currencies') =>
    usagesOf(sections, section, 'gold').map(({ path }) => path);

  it('are told apart by what the field means where it stands', () => {
    expect(pathsOf('itemTypes')).toEqual(['items[chest].itemTypeKey']);
    expect(pathsOf('items')).toEqual([
      'rewardBundles[bundle].entries[0].itemKey',
      'events[daily].entryCost.items[0].key',
    ]);
    expect(pathsOf('currencies')).toEqual([
      'currencies[level].derivedFrom.sourceKey',
      'events[daily].entryCost.currencies[0].key',
      'events[daily].entryRequirement.conditions[0].currencyKey',
      'events[daily].leaderboard.progression.itemKey',
      'events[daily].leaderboard.segmentation.economyKey',
    ]);
  });
});

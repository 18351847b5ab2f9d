import type { Sections } from '@kraty/contracts/configuration';

/** What the arbitrary events name, all of it in one game. */
export const namedGame: Sections = {
  items: [
    { key: 'torch', name: 'Torch', itemTypeKey: 'consumable' },
    { key: 'chest', name: 'Chest', itemTypeKey: 'crate', crate: { tableKey: 'loot' } },
  ],
  currencies: [
    { key: 'cash', name: 'Cash', kind: 'currency', initialBalance: 1_000 },
    { key: 'league_tier', name: 'League', kind: 'progression' },
  ],
  rewardBundles: [{ key: 'prize', name: 'Prize', entries: [{ type: 'currency', currencyKey: 'cash', amount: 5 }] }],
  rewardTables: [
    {
      key: 'loot',
      name: 'Loot',
      weightedEntries: [
        { weight: 3, entry: { type: 'currency', currencyKey: 'cash', amount: { min: 1, max: 9 } } },
        { weight: 1, entry: { type: 'item', itemKey: 'torch', quantity: 1 } },
      ],
    },
  ],
  leaderboards: [
    { key: 'weekly', name: 'Weekly', resetCadence: 'weekly' },
    {
      key: 'league',
      name: 'League',
      resetCadence: 'never',
      rankBy: { type: 'progression', economyKey: 'league_tier' },
    },
  ],
  identityPools: [{ key: 'sailors', name: 'Sailors', entries: [{ name: 'Ada' }, { name: 'Bram' }] }],
  bots: [
    {
      key: 'steady',
      name: 'Steady',
      behavior: { type: 'single', block: 'progress_linear', params: { targetScore: 500 } },
    },
    {
      key: 'thinker',
      name: 'Thinker',
      behavior: {
        type: 'state_machine',
        initial: 'rest',
        states: {
          rest: { block: 'idle', transitions: [{ when: { expr: 'elapsedSeconds > 600' }, to: 'run' }] },
          run: { block: 'progress_burst', params: { targetScore: 300 } },
        },
      },
    },
  ],
  itemTypes: [],
  events: [],
};

import type { GameConfigurationDocument } from '@kraty/contracts/configuration';

/** A small game a designer would recognize. */
export function document(slug: string, more: Partial<GameConfigurationDocument> = {}): GameConfigurationDocument {
  return {
    apiVersion: 'kraty/v1',
    kind: 'GameConfig',
    game: { slug },
    settings: { grantDefaultTtlDays: 30 },
    items: [{ key: 'torch', name: 'Torch', itemTypeKey: 'consumable' }],
    currencies: [{ key: 'gold', name: 'Gold', kind: 'currency' }],
    rewardBundles: [
      { key: 'daily_prize', name: 'Daily prize', entries: [{ type: 'currency', currencyKey: 'gold', amount: 100 }] },
    ],
    events: [
      {
        key: 'daily_race',
        status: 'scheduled',
        name: { en: 'Daily race', pt: 'Corrida do dia' },
        availability: { mode: 'always_on' },
        metrics: [{ key: 'distance', target: 1000 }],
        rewardPolicy: { type: 'fixed_bundle', parameters: { rewardBundleKey: 'daily_prize' } },
      },
    ],
    ...more,
  };
}

import type { Sections } from '@kraty/contracts/configuration';
import type { CurrencyConfiguration, DerivedFrom } from '@kraty/contracts/economy';
import { derivedIssues } from './check-derived.js';

const progression = (key: string, derivedFrom?: DerivedFrom): CurrencyConfiguration => ({
  ...{ key, name: key, kind: 'progression' },
  ...(derivedFrom && { derivedFrom }),
});
const following = (sourceKey: string, more: Partial<DerivedFrom> = {}): DerivedFrom => ({
  ...{ sourceKey, thresholds: [0, 10] },
  ...more,
});

/** Issues of the last of the currencies. */
function issuesOf(...currencies: CurrencyConfiguration[]): [string, string][] {
  const items = [{ key: 'chest', name: 'Chest', itemTypeKey: 'crate' }];
  const empty = { itemTypes: [], rewardBundles: [], rewardTables: [], leaderboards: [], events: [] };
  const desired = { ...empty, items, currencies } as unknown as Sections;
  return derivedIssues(currencies.at(-1)!, desired).map(({ path, code }) => [path, code]);
}

describe('a progression that follows another', () => {
  it('stands on three links', () => {
    const chain = [
      progression('xp'),
      progression('a', following('xp')),
      progression('b', following('a')),
      progression('c', following('b')),
    ];
    expect(issuesOf(...chain)).toEqual([]);
  });

  it.each([
    ['a fourth link above it', ['xp', 'a', 'b', 'c', 'd']],
    ['a circle of itself', ['d', 'd']],
  ])('is refused for %s', (_, keys) => {
    const chain = keys.map((key, at) => progression(key, at === 0 ? undefined : following(keys[at - 1]!)));
    expect(issuesOf(...chain)).toContainEqual(['currencies[d].derivedFrom.sourceKey', 'conflict']);
  });

  it('is refused for a fourth link below it', () => {
    const below = ['b', 'c', 'd'].map((key, at) => progression(key, following(['a', 'b', 'c'][at]!)));
    expect(issuesOf(progression('xp'), ...below, progression('a', following('xp')))).toContainEqual([
      'currencies[a].derivedFrom.sourceKey',
      'conflict',
    ]);
  });

  it('is refused in a circle of several', () => {
    expect(issuesOf(progression('a', following('b')), progression('b', following('a')))).toContainEqual([
      'currencies[b].derivedFrom.sourceKey',
      'conflict',
    ]);
  });

  it.each<[string, Partial<DerivedFrom>, string, string]>([
    ['a source nobody configured', { sourceKey: 'nothing' }, 'sourceKey', 'unknown_reference'],
    ['thresholds that do not begin with 0', { thresholds: [1, 2] }, 'thresholds', 'range'],
    ['thresholds that stand still', { thresholds: [0, 5, 5] }, 'thresholds', 'range'],
    ['no thresholds', { thresholds: [] }, 'thresholds', 'length'],
    ['too many thresholds', { thresholds: Array.from({ length: 1_001 }, (_, at) => at) }, 'thresholds', 'length'],
    ['a start below 0', { startLevel: -1 }, 'startLevel', 'range'],
    [
      'a level that pays twice',
      {
        levelRewards: [1, 1].map((level) => ({ level, entries: [{ type: 'currency', currencyKey: 'xp', amount: 1 }] })),
      },
      'levelRewards',
      'duplicate',
    ],
    [
      'a reward of a bundle that is not there',
      { levelRewards: [{ level: 2, rewardBundleKey: 'x' }] },
      'levelRewards[0].rewardBundleKey',
      'unknown_reference',
    ],
    ['a reward of nothing', { levelRewards: [{ level: 2, entries: [] }] }, 'levelRewards[0]', 'conflict'],
    [
      'a reward of what follows another',
      { levelRewards: [{ level: 2, entries: [{ type: 'currency', currencyKey: 'level', amount: 1 }] }] },
      'levelRewards[0].entries[0].currencyKey',
      'conflict',
    ],
    [
      'a reward of a crate that cannot be opened',
      { levelRewards: [{ level: 2, entries: [{ type: 'crate', crateItemKey: 'chest', quantity: 1 }] }] },
      'levelRewards[0].entries[0].crateItemKey',
      'unknown_reference',
    ],
  ])('is refused for %s', (_, more, path, code) => {
    expect(issuesOf(progression('xp'), progression('level', following('xp', more)))).toContainEqual([
      `currencies[level].derivedFrom.${path}`,
      code,
    ]);
  });

  it('has no value of its own, and is no currency', () => {
    const own = { ...progression('level', following('xp')), clientWritable: true };
    const money = { ...own, kind: 'currency' as const, clientWritable: false };
    expect(issuesOf(progression('xp'), own)).toEqual([['currencies[level].derivedFrom', 'conflict']]);
    expect(issuesOf(progression('xp'), money)).toEqual([['currencies[level].derivedFrom', 'conflict']]);
  });
});

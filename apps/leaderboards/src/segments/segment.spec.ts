import type { Segmentation } from '@kraty/contracts/leaderboards';
import { allowedSegments, ceilingOf, inOrderOfSegments, isPinned, placeOf, type Known } from './segment.js';

const league: Segmentation = {
  type: 'progression',
  economyKey: 'league_tier',
  divisions: ['bronze', 'silver', 'gold', 'platinum', 'diamond'].map((key, min) => ({ key, min })),
};
const region: Segmentation = { type: 'context', key: 'region', values: ['PT', 'BR'], fallback: 'rest' };
const open: Segmentation = { type: 'context', key: 'region' };
const country: Segmentation = { type: 'country' };
const known = (more: Partial<Known>): Known => ({ context: null, balances: {}, country: null, ...more });

describe('the bucket of a player (06 §4.2)', () => {
  it.each<[string, Segmentation, Partial<Known>, string | null | undefined]>([
    ['nobody is split', { type: 'none' }, {}, null],
    ['a balance of 2', league, { balances: { league_tier: 2 } }, 'gold'],
    ['a balance of 9', league, { balances: { league_tier: 9 } }, 'diamond'],
    ['no balance', league, {}, 'bronze'],
    ['a permitted value', region, { context: { region: ' PT ' } }, 'PT'],
    ['a value that is not permitted', region, { context: { region: 'DE' } }, 'rest'],
    ['no value with a fallback', region, {}, 'rest'],
    ['a number', open, { context: { region: 7 } }, '7'],
    ['a boolean', open, { context: { region: false } }, 'false'],
    ['a list', open, { context: { region: ['PT'] } }, undefined],
    ['an empty text', open, { context: { region: '  ' } }, undefined],
    ['a name every object has', { type: 'context', key: 'toString' }, { context: {} }, undefined],
    ['a country', country, { country: 'PT' }, 'PT'],
    ['no country', country, {}, 'ZZ'],
    ['no country with a fallback', { type: 'country', fallback: 'XX' }, {}, 'XX'],
    [
      'several axes',
      { type: 'combined', axes: [country, league] },
      { country: 'PT', balances: { league_tier: 2 } },
      'PT|gold',
    ],
    ['a bar inside a bucket', { type: 'combined', axes: [open, country] }, { context: { region: 'a|b' } }, 'a%7Cb|ZZ'],
    ['an axis without bucket', { type: 'combined', axes: [open, country] }, { country: 'PT' }, undefined],
  ])('%s', (_, split, facts, segment) => {
    expect(placeOf(split, known(facts))).toEqual(segment === undefined ? null : { segment });
  });

  it('stays for the period unless the write names it', () => {
    const splits: Segmentation[] = [
      league,
      country,
      { type: 'combined', axes: [country, league] },
      region,
      { type: 'none' },
    ];
    expect(splits.map(isPinned)).toEqual([true, true, true, false, false]);
  });

  it('may be named by a caller only from a closed list, with its fallback', () => {
    expect(allowedSegments(region)).toEqual(['PT', 'BR', 'rest']);
    expect([allowedSegments(open), allowedSegments(league)]).toEqual([null, null]);
  });

  it('is shown highest division first, else by code unit', () => {
    expect(inOrderOfSegments(league, ['bronze', 'gold', 'silver'])).toEqual(['gold', 'silver', 'bronze']);
    expect(inOrderOfSegments(open, ['b', 'Z', 'a'])).toEqual(['Z', 'a', 'b']);
  });

  it('ends promotion where the highest division begins', () => {
    expect([ceilingOf(league, 'league_tier'), ceilingOf(league, 'other'), ceilingOf(open, 'league_tier')]).toEqual([
      4,
      null,
      null,
    ]);
  });
});

import fc from 'fast-check';
import type { RewardEntry } from '@kraty/contracts/grants';
import { RollStream, rollSeed } from '../rolls/roll-stream.js';
import { roll, type RollableTable } from '../rolls/roll.js';
import { fraction, one, plus } from './fraction.js';
import { OddsTooLargeError, oddsOf } from './picks.js';
import { chancesOf, followedOutcomesMax, resourcesOf } from './resources.js';

const gold = (amount: number | { min: number; max: number; step?: number }): RewardEntry => ({
  ...{ type: 'currency', currencyKey: 'gold', amount },
});
const item = (itemKey: string): RewardEntry => ({ type: 'item', itemKey, quantity: 1 });
const table = (outcomes: [number, RewardEntry][], more: Partial<RollableTable> = {}): RollableTable => ({
  weightedEntries: outcomes.map(([weight, entry]) => ({ weight, entry })),
  ...more,
});
const none = new Map<string, RollableTable>();

describe('oddsOf', () => {
  it('resolves nested tables into exact fractions', () => {
    const tables = new Map([
      [
        'inner',
        table([
          [1, gold(5)],
          [2, item('bow')],
        ]),
      ],
    ]);
    const odds = oddsOf(
      table([
        [60, gold(10)],
        [30, { type: 'table', tableKey: 'inner' }],
      ]),
      tables,
    );
    expect(odds.map(({ path, exactly, probability }) => [path, exactly, probability])).toEqual([
      [[0], { numerator: '2', denominator: '3' }, 2 / 3],
      [[1, 0], { numerator: '1', denominator: '9' }, expect.closeTo(1 / 9, 15)],
      [[1, 1], { numerator: '2', denominator: '9' }, expect.closeTo(2 / 9, 15)],
    ]);
  });

  it('always adds up to exactly 1', () => {
    const weights = fc.array(fc.integer({ min: 1, max: 1_000_000 }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(weights, weights, (outer, inner) => {
        const nested: [number, RewardEntry] = [7, { type: 'table', tableKey: 'inner' }];
        const tables = new Map([['inner', table(inner.map((weight) => [weight, gold(1)]))]]);
        const odds = oddsOf(
          table([nested, ...outer.map((weight): [number, RewardEntry] => [weight, gold(1)])]),
          tables,
        );
        const sum = odds
          .map(({ exactly }) => fraction(BigInt(exactly.numerator), BigInt(exactly.denominator)))
          .reduce(plus, fraction(0n, 1n));
        expect(sum).toEqual(one);
      }),
    );
  });

  it('refuses what nobody could read', () => {
    const wide = table(Array.from({ length: 200 }, () => [1, { type: 'table', tableKey: 'inner' }]));
    const inner = table(Array.from({ length: 200 }, () => [1, gold(1)]));
    expect(() => oddsOf(wide, new Map([['inner', inner]]))).toThrow(OddsTooLargeError);
  });
});

describe('chancesOf', () => {
  it.each([
    [5, { mean: 5, zero: 0 }],
    [
      { min: 5, max: 5 },
      { mean: 5, zero: 0 },
    ],
    [
      { min: 1, max: 6 },
      { mean: 3.5, zero: 0 },
    ],
    [
      { min: 0, max: 25, step: 10 },
      { mean: (0 + 10 + 20 + 25) / 4, zero: 1 / 4 },
    ],
    [
      { min: 100, max: 1000, step: 10 },
      { mean: 550, zero: 0 },
    ],
  ])('of %j are %j', (amount, chances) => expect(chancesOf(amount)).toEqual(chances));
});

describe('resourcesOf', () => {
  it('counts every roll with replacement', () => {
    const [odds] = resourcesOf(
      table(
        [
          [1, gold(10)],
          [3, item('bow')],
        ],
        { rolls: 2 },
      ),
      undefined,
      none,
    );
    expect(odds).toEqual({ type: 'currency', key: 'gold', expected: 5, atLeastOne: 1 - 0.75 ** 2 });
  });

  it('follows what is left without replacement', () => {
    const sut = table(
      [
        [1, gold(10)],
        [1, item('bow')],
        [2, item('axe')],
      ],
      { rolls: 2, withReplacement: false },
    );
    // bow first (1/4), or gold first and then bow (1/4 · 1/3), or axe first and then bow (2/4 · 1/2).
    const bow = 1 / 4 + (1 / 4) * (1 / 3) + (2 / 4) * (1 / 2);
    const odds = new Map(resourcesOf(sut, undefined, none).map(({ key, ...of }) => [key, of]));
    expect(odds.get('bow')!.atLeastOne).toBeCloseTo(bow, 14);
    expect(odds.get('gold')!.expected).toBeCloseTo(10 * bow, 13);
    const all = [...odds.values()].reduce((sum, { atLeastOne }) => sum + atLeastOne, 0);
    expect(all).toBeCloseTo(2, 14);
  });

  it('gives everything when everything is rolled, however many there are, and refuses more than it can follow', () => {
    const many = Array.from({ length: 40 }, (_, at): [number, RewardEntry] => [at + 1, item(`item_${at}`)]);
    const once = table(many, { withReplacement: false, rolls: 100 });
    expect(resourcesOf(once, undefined, none).every(({ atLeastOne }) => atLeastOne === 1)).toBe(true);
    const some = table(many.slice(0, followedOutcomesMax + 1), { withReplacement: false, rolls: 2 });
    expect(() => resourcesOf(some, undefined, none)).toThrow(OddsTooLargeError);
  });

  it.each([true, false])('is what rolls come to in the long run, with replacement %s', (withReplacement) => {
    const inner = table(
      [
        [2, gold({ min: 0, max: 3 })],
        [1, item('bow')],
      ],
      { rolls: { min: 1, max: 2 } },
    );
    const outer = table(
      [
        [5, gold(4)],
        [3, { type: 'table', tableKey: 'inner' }],
        [2, item('axe')],
      ],
      {
        ...{ rolls: { min: 1, max: 3 }, withReplacement },
      },
    );
    const tables = new Map([
      ['inner', inner],
      ['outer', outer],
    ]);
    const opens = 20_000;
    const seen = new Map<string, { sum: number; any: number }>();
    for (let open = 0; open < opens; open += 1) {
      const stream = new RollStream(rollSeed(Buffer.alloc(32, 1), `odds:${open}`));
      const sums = new Map<string, number>();
      for (const entry of roll([{ type: 'table', tableKey: 'outer' }], stream, tables)) {
        const [key, count] =
          entry.type === 'currency' ? ['gold', entry.amount] : [(entry as { itemKey: string }).itemKey, 1];
        sums.set(key as string, (sums.get(key as string) ?? 0) + (count as number));
      }
      for (const [key, sum] of sums) {
        const before = seen.get(key) ?? { sum: 0, any: 0 };
        seen.set(key, { sum: before.sum + sum, any: before.any + 1 });
      }
    }
    for (const { key, expected, atLeastOne } of resourcesOf(outer, undefined, tables)) {
      expect(Math.abs(seen.get(key)!.any / opens - atLeastOne)).toBeLessThan(0.015);
      expect(Math.abs(seen.get(key)!.sum / opens - expected)).toBeLessThan(0.12);
    }
  });
});

import { applied, capped, sameValues, untouched } from './attempt-model.mjs';

const metrics = [
  { key: 'pools', target: 12 },
  { key: 'streak', cap: 20, resetOn: { metricKey: 'splashes' } },
  { key: 'splashes' },
];
const raw = { pools: 3, streak: 3, splashes: 1 };

describe('an attempt, as its player expects it', () => {
  it.each([
    ['increment', { streak: 1 }, { pools: 3, streak: 4, splashes: 1 }],
    ['increment', { splashes: 1 }, { pools: 3, streak: 0, splashes: 2 }],
    ['increment', { streak: 1, splashes: 1 }, { pools: 3, streak: 0, splashes: 2 }],
    ['set', { streak: 9, splashes: 1 }, { pools: 3, streak: 9, splashes: 1 }],
    ['set', { splashes: 0 }, { pools: 3, streak: 3, splashes: 0 }],
  ] as const)('%s %j', (mode, reported, expected) => {
    expect(applied(metrics, raw, { mode, metrics: reported })).toEqual(expected);
  });

  it('limits what the score sees, and only that', () => {
    const all = [...metrics, { key: 'finds', target: 40, capAtTarget: true }];
    const seen = capped(all, { pools: 14, streak: 33, splashes: 2, finds: 44 });
    expect(seen).toEqual({ pools: 14, streak: 20, splashes: 2, finds: 40 });
  });

  it('begins with every declared metric at 0', () => {
    expect(untouched(metrics)).toEqual({ pools: 0, streak: 0, splashes: 0 });
  });

  it('compares all values and no others', () => {
    expect(sameValues({ a: 1, b: 2 }, { b: 2, a: 1 })).toBe(true);
    expect(sameValues({ a: 1 }, { a: 1, b: 0 })).toBe(false);
    expect(sameValues({ a: 1, b: 0, c: 0 }, { a: 1, b: 0 })).toBe(false);
  });
});

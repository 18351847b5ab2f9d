import fc from 'fast-check';
import { RollStream, rollSeed } from './roll-stream.js';
import { UnrollableError, roll, rollAmount, type RollableEntry, type RollableTable } from './roll.js';

const rollSecret = Uint8Array.from({ length: 32 }, (_, index) => index);
const keyA = 'attempt:11111111-1111-4111-8111-111111111111';
const keyC = 'crate:22222222-2222-4222-8222-222222222222';

const gems = (amount: number) => ({ type: 'currency' as const, currencyKey: 'gems', amount });
const sword = { type: 'item' as const, itemKey: 'legendary_sword', quantity: 1 };

const tableT: RollableTable = {
  weightedEntries: [
    { weight: 60, entry: gems(10) },
    { weight: 30, entry: { type: 'currency', currencyKey: 'gems', amount: { min: 20, max: 50, step: 5 } } },
    { weight: 10, entry: sword },
  ],
};
const tables = new Map([
  ['T', tableT],
  ['once', { ...tableT, withReplacement: false }],
]);
const bundleB: RollableEntry[] = [
  { type: 'currency', currencyKey: 'gold', amount: { min: 100, max: 1000, step: 10 } },
  { type: 'table', tableKey: 'T', rolls: 3 },
  { type: 'crate', crateItemKey: 'mystery', quantity: { min: 0, max: 2 } },
];

function streamOf(payoutKey: string): RollStream {
  return new RollStream(rollSeed(rollSecret, payoutKey));
}

function times<T>(count: number, make: () => T): T[] {
  return Array.from({ length: count }, make);
}

describe('the golden vectors of 07 §3', () => {
  it.each([
    [keyA, '6a64f14ddfe18cfe7e926abf908a7246e73ed6e736990d71263b52e639c3aaa1'],
    [keyC, '086062956e721d9ce1524ade6ee5478b3e39e89e2dae2f82ad5e244a76e5e280'],
  ])('seeds %s', (payoutKey, seed) => {
    expect(rollSeed(rollSecret, payoutKey).toString('hex')).toBe(seed);
  });

  it.each([
    [keyA, [174078683146208, 2237392905662, 223453243346750, 44737057820877, 274929432632899, 107466814740876]],
    [keyC, [204472744554521, 198778203226092, 246808901454931, 16535042062420, 151616149825727, 210840808816860]],
  ])('draws the first six numbers of %s', (payoutKey, numbers) => {
    const sut = streamOf(payoutKey);
    expect(times(6, () => sut.draw48())).toEqual(numbers);
  });

  it.each([
    [{ min: 100, max: 1000, step: 10 }, [320, 150, 630, 680]],
    [{ min: 0, max: 25, step: 10 }, [0, 20, 20, 10, 25, 0]],
    [{ min: 1, max: 6 }, [3, 3, 3, 4, 2, 1]],
  ])('rolls the range %j', (range, values) => {
    const stream = streamOf(keyA);
    expect(times(values.length, () => rollAmount(range, stream))).toEqual(values);
  });

  it.each([
    ['T', keyA, 3, [gems(10), gems(40), gems(30)], 5],
    ['T', keyC, 3, [gems(10), sword, gems(10)], 3],
    ['once', keyA, 5, [gems(10), gems(40), sword], 4],
    ['once', keyC, 5, [gems(10), gems(40), sword], 4],
  ])('rolls table %s for %s', (tableKey, payoutKey, rolls, granted, draws) => {
    const stream = streamOf(payoutKey);
    expect(roll([{ type: 'table', tableKey, rolls }], stream, tables)).toEqual(granted);
    expect(stream.draws).toBe(draws);
  });

  it('rolls bundle B for A, the crate drawn 0 dropped', () => {
    const stream = streamOf(keyA);
    const gold = { type: 'currency', currencyKey: 'gold', amount: 320 };
    expect(roll(bundleB, stream, tables)).toEqual([gold, gems(40), gems(30), gems(45)]);
    expect(stream.draws).toBe(8);
  });

  it('rolls bundle B for C', () => {
    const stream = streamOf(keyC);
    const gold = { type: 'currency', currencyKey: 'gold', amount: 890 };
    const crate = { type: 'crate', crateItemKey: 'mystery', quantity: 2 };
    expect(roll(bundleB, stream, tables)).toEqual([gold, sword, gems(10), gems(10), crate]);
    expect(stream.draws).toBe(5);
  });
});

describe('roll', () => {
  it('spreads 100 000 rolls of T over its weights within 0.6 points', () => {
    const rolls = 100_000;
    const counts = { ten: 0, range: 0, sword: 0 };
    for (let index = 0; index < rolls; index += 1) {
      const [entry] = roll([{ type: 'table', tableKey: 'T' }], streamOf(`attempt:${index}`), tables);
      if (entry?.type === 'item') counts.sword += 1;
      else if (entry?.type === 'currency' && entry.amount === 10) counts.ten += 1;
      else counts.range += 1;
    }
    expect(Math.abs((counts.ten / rolls) * 100 - 60)).toBeLessThan(0.6);
    expect(Math.abs((counts.range / rolls) * 100 - 30)).toBeLessThan(0.6);
    expect(Math.abs((counts.sword / rolls) * 100 - 10)).toBeLessThan(0.6);
  });

  it('gives the same entries for the same key however often it is asked', () => {
    fc.assert(
      fc.property(fc.string(), (payoutKey) => {
        expect(roll(bundleB, streamOf(payoutKey), tables)).toEqual(roll(bundleB, streamOf(payoutKey), tables));
      }),
    );
  });

  it('stays inside every range and on its steps, the last bucket being max', () => {
    const range = fc
      .record({
        min: fc.integer({ min: 0, max: 2_147_483_646 }),
        width: fc.nat(2_147_483_647),
        step: fc.nat(1_000_000),
      })
      .map(({ min, width, step }) => ({ min, max: Math.min(min + width + 1, 2_147_483_647), step: step + 1 }));
    fc.assert(
      fc.property(range, fc.string(), ({ min, max, step }, payoutKey) => {
        const value = rollAmount({ min, max, step }, streamOf(payoutKey));
        expect(value).toBeGreaterThanOrEqual(min);
        expect(value).toBeLessThanOrEqual(max);
        expect(value === max || (value - min) % step === 0).toBe(true);
      }),
    );
  });

  it('consumes no bytes for a range of one value', () => {
    const stream = streamOf(keyA);
    expect(rollAmount({ min: 5, max: 5 }, stream)).toBe(5);
    expect(stream.draws).toBe(0);
  });

  it('refuses a table that is not there instead of paying less', () => {
    expect(() => roll([{ type: 'table', tableKey: 'gone' }], streamOf(keyA))).toThrow(UnrollableError);
  });
});

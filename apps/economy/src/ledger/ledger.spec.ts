import fc from 'fast-check';
import { limits } from '@kraty/contracts/common';
import { mergeMetadata, settle, sumDeltas, type Holding } from './ledger.js';
import { refusalFailure } from './refusals.js';

const gold = (amount: number, more: Partial<Holding> = {}): [string, Holding] => [
  'economy:gold',
  { type: 'economy', key: 'gold', amount, metadata: {}, revision: 7, initialPaid: true, ...more },
];

describe('sumDeltas', () => {
  it('makes one delta of several of one resource and keeps the order of first mention', () => {
    const sums = sumDeltas([
      { type: 'item', key: 'torch', delta: 1, metadata: { tier: 1, from: 'a' } },
      { type: 'economy', key: 'gold', delta: 5 },
      { type: 'item', key: 'torch', delta: 2, metadata: { tier: 2 } },
    ]);
    expect(sums).toEqual([
      { type: 'item', key: 'torch', delta: 3, metadata: { tier: 2, from: 'a' } },
      { type: 'economy', key: 'gold', delta: 5 },
    ]);
  });

  it('keeps an item and a currency of one key apart', () => {
    expect(
      sumDeltas([
        { type: 'item', key: 'x', delta: 1 },
        { type: 'economy', key: 'x', delta: 1 },
      ]),
    ).toHaveLength(2);
  });

  it('leaves away what cancels out', () => {
    expect(
      sumDeltas([
        { type: 'item', key: 'x', delta: 1 },
        { type: 'item', key: 'x', delta: -1 },
      ]),
    ).toEqual([]);
  });
});

describe('settle', () => {
  it('moves a holding and its revision', () => {
    const { lines } = settle(new Map([gold(30)]), [{ type: 'economy', key: 'gold', delta: -10 }]);
    expect(lines).toEqual([{ type: 'economy', key: 'gold', delta: -10, balanceAfter: 20, metadata: {}, revision: 8 }]);
  });

  it('refuses everything when one resource is short, and names all that are', () => {
    const sut = settle(new Map([gold(60)]), [
      { type: 'economy', key: 'gold', delta: -50 },
      { type: 'item', key: 'bullet', delta: -1 },
      { type: 'item', key: 'bow', delta: -2 },
    ]);
    const shortfalls = [
      { resource: 'bullet', needed: 1, have: 0 },
      { resource: 'bow', needed: 2, have: 0 },
    ];
    expect(sut).toEqual({ refusal: { reason: 'insufficient_balance', shortfalls } });
    expect(refusalFailure(sut.refusal!, 'debit')).toMatchObject({
      code: 'conflict',
      status: 409,
      details: { reason: 'insufficient_balance', resource: 'bullet', needed: 1, have: 0, shortfalls },
    });
  });

  it('has a code of its own for an entry cost, with the first short line and all of them', () => {
    const lacking = settle(new Map([gold(60)]), [
      { type: 'economy', key: 'gold', delta: -50 },
      { type: 'item', key: 'bullet', delta: -1 },
    ]);
    const short = { resource: 'bullet', needed: 1, have: 0 };
    expect(refusalFailure(lacking.refusal!, 'entry_cost')).toMatchObject({
      code: 'insufficient_entry_cost',
      status: 402,
      message: 'not enough bullet to enter — need 1',
      details: { ...short, shortfalls: [short] },
    });
  });

  it('refuses a sum beyond the largest balance', () => {
    const { refusal } = settle(new Map([gold(limits.amountMax)]), [{ type: 'economy', key: 'gold', delta: 1 }]);
    expect(refusal).toEqual({
      reason: 'balance_limit',
      resource: 'gold',
      max: 2_147_483_647,
      have: 2_147_483_647,
    });
  });

  it('never leaves a balance outside 0 … 2 147 483 647', () => {
    const amount = fc.integer({ min: 0, max: limits.amountMax });
    const delta = fc.integer({ min: -limits.amountMax, max: limits.amountMax }).filter((value) => value !== 0);
    fc.assert(
      fc.property(amount, delta, (have, change) => {
        const { lines, refusal } = settle(new Map([gold(have)]), [{ type: 'economy', key: 'gold', delta: change }]);
        const after = have + change;
        expect(refusal === undefined).toBe(after >= 0 && after <= limits.amountMax);
        if (lines) expect(lines[0]!.balanceAfter).toBe(after);
      }),
    );
  });
});

describe('mergeMetadata', () => {
  it('lets newer keys win', () => {
    expect(mergeMetadata({ a: 1, b: 1 }, { b: 2 })).toEqual({ a: 1, b: 2 });
  });

  it('drops the keys that would pass the bounds and keeps the others', () => {
    expect(mergeMetadata({ a: 1 }, { big: 'x'.repeat(9_000), small: true })).toEqual({ a: 1, small: true });
  });
});

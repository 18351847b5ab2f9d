import { resourceId, type PlayerFacts } from '../conditions/player-facts.js';
import { deltasOf, operationIdOf, shortOf } from './price.js';

const price = { currencies: [{ key: 'cash', amount: 50 }], items: [{ key: 'bullet_basic', quantity: 1 }] };

function holding(cash: number, bullets: number): PlayerFacts {
  const amounts = new Map([
    [resourceId({ type: 'economy', key: 'cash' }), cash],
    [resourceId({ type: 'item', key: 'bullet_basic' }), bullets],
  ]);
  return { nowMs: 0, context: {}, completions: new Map(), amounts, country: null, firstSeenAtMs: null };
}

describe('the price of entering', () => {
  it('is within reach of who holds all of it', () => {
    expect(shortOf(price, holding(50, 1))).toBeNull();
  });

  it.each([
    [30, 2, [{ resource: 'cash', needed: 50, have: 30 }]],
    [60, 0, [{ resource: 'bullet_basic', needed: 1, have: 0 }]],
    [
      0,
      0,
      [
        { resource: 'cash', needed: 50, have: 0 },
        { resource: 'bullet_basic', needed: 1, have: 0 },
      ],
    ],
  ])('tells every shortfall, the first one first: %i cash, %i bullets', (cash, bullets, shortfalls) => {
    const failure = shortOf(price, holding(cash, bullets))?.wire();
    expect(failure).toMatchObject({ code: 'insufficient_entry_cost', status: 402 });
    expect(failure?.details).toEqual({ ...shortfalls[0], shortfalls });
    expect(failure?.message).toBe(`not enough ${shortfalls[0]!.resource} to enter — need ${shortfalls[0]!.needed}`);
  });

  it('is taken as one operation of a stable name, currencies before items', () => {
    expect(deltasOf(price)).toEqual([
      { type: 'economy', key: 'cash', delta: -50 },
      { type: 'item', key: 'bullet_basic', delta: -1 },
    ]);
    expect(operationIdOf({ eventWindowId: 'w', playerId: 'p', n: 2 })).toBe('entry:w:p:c2');
  });
});

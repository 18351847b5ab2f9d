import { compareAmounts, expectedHoldings, readHoldings } from './holdings.mjs';
import { changeOf, entryChanges, Memory } from './memory.mjs';

const grant = (id: string, entries: object[]) => ({
  id,
  kind: 'reward',
  status: 'claimed',
  sourceKind: 'event_completion',
  sourceRefId: 'attempt',
  createdAt: '',
  claimedAt: '',
  contents: { entries },
});

describe('what a player must hold', () => {
  it('is the opening, what was claimed, less what was spent and paid for entries', () => {
    const memory = new Memory();
    memory.opening = new Map([['shells', 50]]);
    const bounty = [
      { type: 'currency', currencyKey: 'shells', amount: 20 },
      { type: 'item', itemKey: 'oil', quantity: 2 },
      { type: 'crate', crateItemKey: 'net', quantity: 1 },
    ];
    memory.claimed.set('g1', grant('g1', bounty));
    memory.spent.push({ type: 'economy', key: 'shells', amount: 5, idempotencyKey: 'k' });
    memory.entries.set('window', entryChanges({ currencies: [{ key: 'shells', amount: 7 }], items: [] }));
    const expected = expectedHoldings(memory.opening, memory.changes);
    expect(Object.fromEntries(expected)).toEqual({ 'economy:shells': 58, 'item:oil': 2 });
  });

  it('is compared both ways, where nothing held and nothing listed are the same', () => {
    const expected = new Map([
      ['economy:shells', 58],
      ['economy:pearls', 0],
      ['item:oil', 2],
    ]);
    const read = readHoldings([{ economyKey: 'shells', balance: 60 }], [{ itemKey: 'rope', quantity: 1 }]);
    expect(compareAmounts(expected, read)).toEqual({
      compared: 4,
      differences: ['shells must be 58 and reads 60', 'oil must be 2 and reads 0', 'rope must be 0 and reads 1'],
    });
    expect(compareAmounts(expected, expected).differences).toEqual([]);
  });

  it('knows what entries move', () => {
    expect(changeOf({ type: 'crate', crateItemKey: 'net', quantity: 1 })).toEqual([]);
    expect(entryChanges(null)).toEqual([]);
  });
});

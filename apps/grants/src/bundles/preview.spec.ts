import { previewOf } from './preview.js';

describe('previewOf', () => {
  it('shows fixed numbers as they are, ranges by their largest value, and counts tables', () => {
    const sut = previewOf({
      key: 'daily_prize',
      name: 'Daily prize',
      entries: [
        { type: 'currency', currencyKey: 'gold', amount: 100 },
        { type: 'item', itemKey: 'torch', quantity: { min: 1, max: 3 }, parameters: { lit: true } },
        { type: 'table', tableKey: 'T' },
      ],
    });
    expect(sut).toEqual({
      key: 'daily_prize',
      name: 'Daily prize',
      entries: [
        { type: 'currency', currencyKey: 'gold', amount: 100 },
        { type: 'item', itemKey: 'torch', quantity: 3, parameters: { lit: true }, range: { min: 1, max: 3, step: 1 } },
      ],
      randomEntries: 1,
    });
  });
});

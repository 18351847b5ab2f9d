import 'reflect-metadata';
import { plainToInstance } from 'class-transformer';
import { validateSync, type ValidationError } from 'class-validator';
import { RewardBundleConfigurationBody, isRewardAmount } from './index.js';

describe('isRewardAmount', () => {
  it.each([1, 2_147_483_647, { min: 0, max: 1 }, { min: 5, max: 5, step: 9 }, { min: 100, max: 1000, step: 10 }])(
    'takes %j',
    (amount) => expect(isRewardAmount(amount)).toBe(true),
  );

  it.each([
    0,
    -1,
    1.5,
    '5',
    null,
    2_147_483_648,
    { min: 0, max: 0 },
    { min: 5, max: 4 },
    { min: 0, max: 5, step: 6 },
    { min: 0, max: 5, step: 0 },
    { min: 0.5, max: 5 },
    { max: 5 },
  ])('refuses %j', (amount) => expect(isRewardAmount(amount)).toBe(false));
});

describe('RewardBundleConfigurationBody', () => {
  const problems = (bundle: object): string[] =>
    pathsOf(validateSync(plainToInstance(RewardBundleConfigurationBody, bundle)), '');

  function pathsOf(errors: readonly ValidationError[], parent: string): string[] {
    return errors.flatMap(({ property, constraints, children = [] }) => [
      ...(constraints ? [`${parent}${property}`] : []),
      ...pathsOf(children, `${parent}${property}.`),
    ]);
  }

  it('takes every kind of entry by the fields of its type', () => {
    const entries = [
      { type: 'currency', currencyKey: 'gold', amount: { min: 1, max: 6 } },
      { type: 'item', itemKey: 'torch', quantity: 2, parameters: { lit: true } },
      { type: 'crate', crateItemKey: 'mystery', quantity: 1 },
      { type: 'table', tableKey: 'T', rolls: 3 },
    ];
    expect(problems({ key: 'prize', name: { en: 'Prize' }, entries })).toEqual([]);
  });

  it('names the fields that are missing or out of bounds', () => {
    const entries = [{ type: 'currency', amount: 0 }, { type: 'gift' }, { type: 'item', itemKey: 'torch' }];
    expect(problems({ key: 'no key', name: '', entries })).toEqual([
      'key',
      'name',
      'entries.0.currencyKey',
      'entries.0.amount',
      'entries.1.type',
      'entries.2.quantity',
    ]);
    expect(problems({ key: 'prize', name: 'Prize', entries: [] })).toEqual(['entries']);
  });
});

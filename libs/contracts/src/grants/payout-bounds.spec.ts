import { payoutProblems, tableDepth, type RolledTable } from './index.js';

const gold = (amount: number) => ({ type: 'currency', currencyKey: 'gold', amount });
const rolling = (tableKey: string, rolls?: number) => ({ type: 'table', tableKey, ...(rolls && { rolls }) });
const table = (entries: object[], more: Partial<RolledTable> = {}): RolledTable => ({
  weightedEntries: entries.map((entry) => ({ entry: entry as never })),
  ...more,
});
const messagesOf = (entries: object[], tables: Record<string, RolledTable> = {}) =>
  payoutProblems(entries as never, new Map(Object.entries(tables))).map(({ message }) => message);

describe('payoutProblems', () => {
  it('finds nothing wrong at the very bounds', () => {
    expect(messagesOf([gold(2_147_483_647)])).toEqual([]);
    expect(messagesOf([rolling('T', 100), rolling('T', 100)], { T: table([gold(10_737_418)]) })).toEqual([]);
    expect(messagesOf([{ type: 'crate', crateItemKey: 'box', quantity: 200 }])).toEqual([]);
  });

  it('takes each roll at its largest, and each range', () => {
    expect(messagesOf([gold(2_147_483_647), gold(1)])).toEqual([expect.stringMatching(/more than 2147483647/)]);
    const once = table([gold(1_500_000_000), gold(1_000_000_000)], { withReplacement: false, rolls: 2 });
    expect(messagesOf([rolling('T')], { T: once })).toEqual([expect.stringMatching(/more than 2147483647/)]);
    expect(messagesOf([rolling('T', 1)], { T: once })).toEqual([]);
  });

  it('counts every unit of a crate and every roll as an entry', () => {
    expect(messagesOf([{ type: 'crate', crateItemKey: 'box', quantity: 201 }])).toHaveLength(1);
    const inner = table([gold(1), gold(2)]);
    expect(messagesOf([rolling('outer', 21)], { inner, outer: table([rolling('inner', 10)]) })).toHaveLength(1);
    expect(messagesOf([rolling('outer', 20)], { inner, outer: table([rolling('inner', 10)]) })).toEqual([]);
  });

  it('lets tables stand four deep, and never in a circle', () => {
    const chain = { a: table([rolling('b')]), b: table([rolling('c')]), c: table([rolling('d')]), d: table([gold(1)]) };
    expect(messagesOf([rolling('a')], chain)).toEqual([]);
    expect(messagesOf([rolling('z')], { ...chain, z: table([rolling('a')]) })).toHaveLength(1);
    expect(messagesOf([rolling('a')], { a: table([rolling('a')]) })).toHaveLength(1);
    expect(tableDepth([rolling('a')], new Map(Object.entries(chain)))).toBe(4);
  });
});

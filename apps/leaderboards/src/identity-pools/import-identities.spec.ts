import { csvRows } from './identities-csv.js';
import { entriesOfFile, importedInto } from './import-identities.js';

describe('a file of names', () => {
  it('is read as CSV with quotes, any line ends and a heading', () => {
    expect(csvRows('a,"b ""c"", d"\r\n\n"e\nf",g')).toEqual([
      ['a', 'b "c", d'],
      ['e\nf', 'g'],
    ]);
    const csv = '\uFEFFName,avatar,country\nAda,https://a/1.png,PT\nBram,,\n';
    expect(entriesOfFile({ csv })).toEqual([
      { name: 'Ada', avatar: 'https://a/1.png', country: 'PT' },
      { name: 'Bram' },
    ]);
  });

  it('is a list of entries as well, and nothing else', () => {
    expect(entriesOfFile({ entries: [{ name: 'Ada' }] })).toEqual([{ name: 'Ada' }]);
    for (const odd of [null, [], {}, { csv: 1 }, { csv: 'a', entries: [] }]) expect(entriesOfFile(odd)).toBeNull();
  });
});

describe('an import into a pool', () => {
  it('adds what can stand, passes over what is there, and says what is wrong with the rest', () => {
    const given = [
      { name: 'Ada' },
      { name: 'Cleo', country: 'PT' },
      { name: 'Cleo' },
      { name: '' },
      { name: 'Dov', country: 'pt' },
    ];
    const verdict = importedInto([{ name: 'Ada' }, { name: 'Bram' }], [...given, null, { name: 'Eve', age: 3 }]);
    expect(verdict).toMatchObject({ added: 1, skipped: 2 });
    expect(verdict.entries).toEqual([{ name: 'Ada' }, { name: 'Bram' }, { name: 'Cleo', country: 'PT' }]);
    expect(verdict.problems.map(({ entry }) => entry)).toEqual([4, 5, 6, 7]);
  });

  it('never grows a pool over its bound, and tells a hundred problems at most', () => {
    const pool = Array.from({ length: 9_999 }, (_, at) => ({ name: `n${at}` }));
    const verdict = importedInto(
      pool,
      Array.from({ length: 300 }, (_, at) => ({ name: `m${at}` })),
    );
    expect([verdict.added, verdict.entries.length, verdict.problems.length]).toEqual([1, 10_000, 100]);
  });
});

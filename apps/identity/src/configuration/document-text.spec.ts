import { limits } from '@kraty/contracts/common';
import { document } from './documents.fixture.js';
import { readDocument, writeDocument, type ReadDocument } from './document-text.js';

const codes = (input: unknown) => {
  const read = readDocument(input);
  return 'issues' in read ? read.issues.map(({ code }) => code) : 'read';
};

/** What the process has worked meanwhile, however long it had to wait for the machine. */
function cpuMsOf(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}

describe('readDocument', () => {
  it('reads YAML, JSON and objects alike', () => {
    const wanted = document('game');
    for (const input of [writeDocument(wanted, 'yaml'), writeDocument(wanted, 'json'), wanted]) {
      expect(readDocument(input)).toEqual({ document: wanted });
    }
  });

  it.each([
    ['a list', '[]', 'type'],
    ['a text', 'hello', 'type'],
    ['null', null, 'type'],
    ['broken JSON', '{"a":', 'format'],
    ['broken YAML', 'a: [1', 'format'],
    ['a key that stands twice', 'a: 1\na: 2', 'format'],
    ['an alias', 'a: &x [1]\nb: *x', 'unsupported'],
    ['a tag', 'a: !!binary aGVsbG8=', 'unsupported'],
    ['a map that is no plain one', 'a: !!omap [b: 1]', 'unsupported'],
    ['a key that is a list', '? [a]\n: 1', 'format'],
    ['a number without end', 'a: .inf', 'range'],
    ['a number without end in JSON', '{"a":1e400}', 'range'],
    ['a NUL', '{"a":"\\u0000"}', 'format'],
    ['half of a surrogate pair in a name', '{"\\ud800":1}', 'format'],
    ['YAML of too many words', 'a: ['.concat('1,'.repeat(300_000), ']'), 'length'],
    ['a field __proto__', '{"a":{"__proto__":{}}}', 'format'],
    ['a field __proto__ in YAML', 'a: { __proto__: {} }', 'format'],
    ['levels without end', `{"a":${'['.repeat(40)}${']'.repeat(40)}}`, 'length'],
    ['YAML levels without end', `a: ${'['.repeat(20_000)}`, 'format'],
    ['too much text', `{"a":"${'x'.repeat(limits.configurationBodyBytesMax)}"}`, 'length'],
    ['too many objects', { a: Array.from({ length: 150_001 }, () => ({})) }, 'length'],
    ['too many values', { a: Array.from({ length: 500_001 }, () => 1) }, 'length'],
  ])('refuses %s', (_, input, code) => {
    expect(codes(input)).toContain(code);
  });

  it('refuses the bomb of a thousand laughs before it goes off', () => {
    const levels = Array.from({ length: 9 }, (_, i) => `l${i + 1}: &l${i + 1} [${`*l${i}, `.repeat(9)}*l${i}]`);
    expect(codes(['l0: &l0 [ha]', ...levels].join('\n'))).toEqual(['unsupported']);
  });

  it.each([
    ['quotation marks', `x: ${'"'.repeat(1_000_001)}`],
    ['closing brackets', `x: ${'} '.repeat(290_000)}`],
    ['commas', `x: {${','.repeat(290_000)}}`],
    ['escapes that are none', `x: "${'\\x'.repeat(500_000)}"`],
    ['documents', '---\n'.repeat(150_000)],
    ['ends', '...\n'.repeat(150_000)],
    ['ends of one document', `x: 1\n${'...\n'.repeat(150_000)}`],
  ])('tells the first mistakes of a megabyte of %s, and where they are', (_, input) => {
    let read: ReadDocument = { issues: [] };
    // Read without a bound it takes many minutes.
    expect(cpuMsOf(() => (read = readDocument(input)))).toBeLessThan(60_000);
    const issues = 'issues' in read ? read.issues : [];
    expect(issues).toHaveLength(50);
    for (const { code, message } of issues)
      expect([code, message]).toEqual(['format', expect.stringMatching(/at line \d+, column \d+$/)]);
  });

  it('reads a long map as quickly as a short one', () => {
    const keys = Array.from({ length: 60_000 }, (_, at) => `k${at}: 1`);
    const long = keys.join('\n');
    const short = keys.slice(0, 2_000).join('\n');
    const shortMs = cpuMsOf(() => Array.from({ length: 30 }, () => expect(codes(short)).toBe('read')));
    // As many keys, as much work: were each compared with each, it would be more than ten times as much.
    expect(cpuMsOf(() => expect(codes(long)).toBe('read'))).toBeLessThan(6 * shortMs);
    expect(codes(`${long}\nk7: 2`)).toEqual(['format']);
  });

  it('leaves texts that look like other things texts', () => {
    expect(readDocument('a: "no"\nb: no\nc: 2026-07-01T20:00:00.000Z\nd: 0123')).toEqual({
      document: { a: 'no', b: 'no', c: '2026-07-01T20:00:00.000Z', d: 123 },
    });
  });
});

describe('writeDocument', () => {
  it('writes what it reads back as the same bytes', () => {
    const odd = {
      a: 'no',
      b: 'two\nlines',
      c: '2026-07-01',
      d: [],
      e: { f: '- x', g: 'ü'.repeat(200) },
      h: '0x1f',
      i: 1e21,
    };
    for (const format of ['yaml', 'json'] as const) {
      const text = writeDocument(odd, format);
      const read = readDocument(text);
      expect(read).toEqual({ document: odd });
      expect('document' in read && writeDocument(read.document, format)).toBe(text);
    }
  });

  it('ends lines in LF and indents by two', () => {
    expect(writeDocument({ a: { b: [1, { c: 'd' }] } }, 'yaml')).toBe('a:\n  b:\n    - 1\n    - c: d\n');
  });
});

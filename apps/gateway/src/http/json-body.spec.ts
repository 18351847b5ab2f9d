import { parseJsonBody } from './json-body.js';

const read = (text: string) => parseJsonBody(Buffer.from(text), 'application/json');

function refusal(text: string): unknown {
  try {
    return read(text);
  } catch (error) {
    return (error as { details: { issues: unknown[] } }).details.issues[0];
  }
}

describe('the JSON of a body', () => {
  it.each<[string, string, string]>([
    ['NUL', '{"a":{"b":["x","y\\u0000"]}}', 'body.a.b[1]'],
    ['half of a surrogate pair', '{"a":"\\ud800"}', 'body.a'],
    ['the other half', '{"a":"\\uDC00x"}', 'body.a'],
    ['NUL in a name', '{"a":{"b\\u0000":1}}', 'body.a'],
  ])('holds no %s', (_, text, path) => {
    expect(refusal(text)).toMatchObject({ path, code: 'format' });
  });

  it.each<[string, string]>([
    ['1e999', 'body.a.n'],
    ['-1E+400', 'body.a.n'],
    [`1${'0'.repeat(400)}`, 'body.a.n'],
    [`1${'0'.repeat(230)}e99`, 'body.a.n'],
  ])('holds no number without end: %s', (number, path) => {
    expect(refusal(`{"a":{"n":${number}}}`)).toMatchObject({ path, code: 'range' });
  });

  it('keeps what only looks like it', () => {
    const text = '{"emoji":"\\ud83d\\ude00","shown":"\\\\u0000","tiny":1e-999,"large":1e300,"word":"se100"}';
    expect(read(text)).toEqual({ emoji: '😀', shown: '\\u0000', tiny: 0, large: 1e300, word: 'se100' });
  });
});

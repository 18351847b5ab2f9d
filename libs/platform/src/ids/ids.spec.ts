import fc from 'fast-check';
import { isUuid, randomSecret, secretsEqual, sha256Hex, uuidOf, uuidV7 } from './index.js';

describe('uuidV7', () => {
  it('makes lower-case ids of version 7 that carry the time they were given', () => {
    const id = uuidV7(Date.UTC(2100, 0, 1));
    expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(parseInt(id.slice(0, 8) + id.slice(9, 13), 16)).toBe(Date.UTC(2100, 0, 1));
  });

  it('never repeats and never goes back, even within one millisecond or with a clock that does', () => {
    const ids = Array.from({ length: 20_000 }, (_, index) => uuidV7(Date.UTC(2100, 0, 2) - (index % 3)));
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.toSorted()).toEqual(ids);
  });
});

describe('uuidOf', () => {
  it('names the same thing alike, and others otherwise', () => {
    expect(uuidOf('a')).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(uuidOf('a')).toBe(uuidOf('a'));
    expect(uuidOf('a')).not.toBe(uuidOf('b'));
  });
});

describe('isUuid', () => {
  it.each([
    ['0198f0b2-0000-7000-8000-00000000abcd', true],
    ['0198F0B2-0000-7000-8000-00000000ABCD', true],
    ['0198f0b2-0000-7000-8000-00000000abc', false],
    ['weekly_global', false],
    [' 0198f0b2-0000-7000-8000-00000000abcd', false],
  ])('%s → %s', (text, expected) => expect(isUuid(text)).toBe(expected));
});

describe('secrets', () => {
  it('are 43 base64url characters and differ', () => {
    expect(randomSecret()).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect(randomSecret()).not.toBe(randomSecret());
  });

  it('are equal exactly when their texts are', () => {
    fc.assert(fc.property(fc.string(), fc.string(), (a, b) => secretsEqual(a, b) === (a === b)));
    expect(sha256Hex('')).toBe('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
  });
});

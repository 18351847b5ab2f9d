import fc from 'fast-check';
import { canonicalHash } from './index.js';

/** The same value with the keys of every object in the opposite order. */
function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([name, member]) => [name, reversed(member)]),
  );
}

describe('canonicalHash', () => {
  it.each([
    ['the order of keys at any depth', { a: 1, b: { c: [{ d: 2, e: 3 }] } }, { b: { c: [{ e: 3, d: 2 }] }, a: 1 }],
    ['the key itself', { amount: 1, idempotencyKey: 'k1' }, { amount: 1, idempotencyKey: 'k2' }],
    ['fields that are null or absent', { amount: 1, reason: null, note: undefined }, { amount: 1 }],
    ['how a number is written', JSON.parse('{"amount":1.0e1}'), { amount: 10 }],
  ])('does not see %s', (_, one, other) => expect(canonicalHash(one)).toBe(canonicalHash(other)));

  it.each([
    ['another value', { amount: 1 }, { amount: 2 }],
    ['a number written as a text', { amount: 1 }, { amount: '1' }],
    ['the order of a list', { tags: [1, 2] }, { tags: [2, 1] }],
    ['a null further down', { metadata: { a: null } }, { metadata: {} }],
    ['a key of that name further down', { metadata: { idempotencyKey: 'k' } }, { metadata: {} }],
    ['an empty list instead of an empty object', { metadata: [] }, { metadata: {} }],
  ])('sees %s', (_, one, other) => expect(canonicalHash(one)).not.toBe(canonicalHash(other)));

  it('counts the query string as a part of the body', () => {
    expect(canonicalHash({ amount: 1 }, 'force=true')).not.toBe(canonicalHash({ amount: 1 }));
    expect(canonicalHash({ amount: 1 }, 'force=true')).toBe(canonicalHash({ amount: 1 }, 'force=true'));
  });

  it('is equal for every body and the same body in another order', () => {
    fc.assert(fc.property(fc.object(), (body) => canonicalHash(body) === canonicalHash(reversed(body) as object)));
  });
});

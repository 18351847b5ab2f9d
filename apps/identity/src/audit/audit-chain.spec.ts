import type { AuditRow } from '@kraty/contracts/identity';
import { canonicalJson, chainHash, chainStart, firstBadRow } from './audit-chain.js';
import { difference } from './difference.js';

function chain(length: number): AuditRow[] {
  let hash = chainStart;
  return Array.from({ length }, (_, index) => {
    const row = {
      id: `id-${index}`,
      seq: index + 1,
      studioId: 's',
      gameId: null,
      environment: null,
      actor: { type: 'system' as const, id: null, label: 'system' },
      action: 'game.update',
      target: { type: 'game', id: 'g', label: null },
      reason: null,
      metadata: { b: 1, a: 2 },
      before: null,
      after: { name: 'x' },
      diff: [],
      requestId: 'r',
      ip: null,
      userAgent: null,
      createdAt: '2026-01-01T00:00:00.000Z',
    };
    hash = chainHash(hash, row);
    return { ...row, hash };
  });
}

const start = { seq: 0, hash: chainStart };

describe('firstBadRow', () => {
  it('finds nothing in an untouched chain', () => expect(firstBadRow(chain(5), start)).toBeNull());

  it('does not care for the order of keys', () => {
    const rows = chain(2);
    rows[0]!.metadata = { a: 2, b: 1 };
    expect(firstBadRow(rows, start)).toBeNull();
  });

  it.each([
    ['a changed value', (rows: AuditRow[]) => void (rows[2]!.after = { name: 'y' })],
    ['a changed hash', (rows: AuditRow[]) => void (rows[2]!.hash = chainStart)],
    ['a missing row', (rows: AuditRow[]) => void rows.splice(2, 1)],
    ['an added field', (rows: AuditRow[]) => void (rows[2]!.metadata['c'] = 0)],
  ])('names the row with %s', (_, tamper) => {
    const rows = chain(5);
    tamper(rows);
    expect(firstBadRow(rows, start)).toBe(3);
  });
});

describe('canonicalJson', () => {
  it('sorts keys at every depth and leaves undefined out', () => {
    expect(canonicalJson({ b: [{ d: 1, c: undefined, a: null }], a: 'x' })).toBe('{"a":"x","b":[{"a":null,"d":1}]}');
  });
});

describe('difference', () => {
  it('lists changed values by JSON pointer', () => {
    const before = { name: 'Torch', tags: ['a'], gifting: { giftable: false, maxAmount: 1 }, 'a/b~c': 1 };
    const after = { name: 'Torch', tags: ['a', 'b'], gifting: { giftable: true, maxAmount: 1 }, 'a/b~c': 2 };
    expect(difference(before, after)).toEqual([
      { path: '/a~1b~0c', before: 1, after: 2 },
      { path: '/gifting/giftable', before: false, after: true },
      { path: '/tags', before: ['a'], after: ['a', 'b'] },
    ]);
  });

  it('shows a made object as one change', () => {
    expect(difference(null, { name: 'x' })).toEqual([{ path: '', before: null, after: { name: 'x' } }]);
  });
});

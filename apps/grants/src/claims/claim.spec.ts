import type { GrantRow } from '../grants/grant.js';
import { deltasOf, judgeClaim, originOf } from './claim.js';

const now = new Date('2026-06-08T12:00:00.000Z');
const row = (more: Partial<GrantRow>): GrantRow =>
  ({ status: 'pending', kind: 'reward', deposit_state: 'none', expires_at: null, ...more }) as GrantRow;

describe('judgeClaim', () => {
  it.each([
    ['claimed', row({ status: 'claimed', expires_at: new Date(0) })],
    ['crate', row({ kind: 'crate' })],
    ['expired', row({ status: 'expired' })],
    ['expired', row({ expires_at: now })],
    ['deposit_running', row({ deposit_state: 'requested', expires_at: now })],
    ['free', row({ expires_at: new Date(now.getTime() + 1) })],
  ])('says %s', (verdict, grant) => {
    expect(judgeClaim(grant, now)).toBe(verdict);
  });
});

describe('deltasOf', () => {
  it('deposits currencies and items with their parameters, and no crates', () => {
    const entries = [
      { type: 'currency' as const, currencyKey: 'gold', amount: 5 },
      { type: 'item' as const, itemKey: 'bow', quantity: 1, parameters: { tier: 2 } },
      { type: 'crate' as const, crateItemKey: 'mystery', quantity: 1 },
    ];
    expect(deltasOf({ entries })).toEqual([
      { type: 'economy', key: 'gold', delta: 5 },
      { type: 'item', key: 'bow', delta: 1, metadata: { tier: 2 } },
    ]);
  });
});

describe('originOf', () => {
  it('names who claims', () => {
    expect([originOf('sdk'), originOf('server_api'), originOf('admin')]).toEqual(['client', 'server', 'admin']);
  });
});

import type { Environment } from '@kraty/contracts/common';
import type { MovedByOperation, Violation } from '@kraty/contracts/economy';
import type { Grant } from '@kraty/contracts/grants';
import { deltasOf } from '../claims/claim.js';

/** A claimed grant, and where it belongs. */
export interface DepositedGrant {
  id: string;
  studioId: string;
  gameId: string;
  environment: Environment;
  contents: Grant['contents'];
}

/** What is wrong with the deposit of a claimed grant; null when it moved exactly what the grant holds. */
export function depositViolation(grant: DepositedGrant, moved: MovedByOperation | undefined): Violation | null {
  const { id, gameId, environment, contents } = grant;
  const expected = textOf(deltasOf(contents));
  const found = textOf(moved?.resources ?? []);
  if (expected === found) return null;
  return { check: 'claimed_grant_is_deposited', gameId, environment, subject: `grant ${id}`, expected, found };
}

/** Sums by resource, in one order. */
function textOf(deltas: readonly { type: string; key: string; delta: number }[]): string {
  const sums = new Map<string, number>();
  for (const { type, key, delta } of deltas) {
    const name = `${type} ${key}`;
    sums.set(name, (sums.get(name) ?? 0) + delta);
  }
  const named = [...sums].filter(([, sum]) => sum !== 0).map(([name, sum]) => `${name} ${sum}`);
  return named.length === 0 ? 'nothing' : named.toSorted().join(', ');
}

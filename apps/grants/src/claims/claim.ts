import type { Origin, ResourceDelta } from '@kraty/contracts/economy';
import type { AcknowledgedBy, Grant } from '@kraty/contracts/grants';
import { statusAt, type GrantRow } from '../grants/grant.js';

/** Who claims, and how the ledger names it (07 §11). */
export interface Claimer {
  ackedBy: Exclude<AcknowledgedBy, 'auto'>;
  /** `player`, `api_key:<prefix>` or `member:<id>`. */
  actor: string;
}

/** What a claim that could not begin a deposit has met. */
export type Verdict = 'claimed' | 'crate' | 'expired' | 'deposit_running' | 'free';

export function judgeClaim(row: GrantRow, now: Date): Verdict {
  if (row.status === 'claimed') return 'claimed';
  if (row.kind === 'crate') return 'crate';
  if (row.deposit_state === 'requested') return 'deposit_running';
  return statusAt(row, now) === 'expired' ? 'expired' : 'free';
}

/** Currency and item entries as changes of holdings; crates deposit nothing. The economy sums them. */
export function deltasOf(contents: Grant['contents']): ResourceDelta[] {
  return contents.entries.flatMap((entry): ResourceDelta[] => {
    switch (entry.type) {
      case 'currency':
        return [{ type: 'economy', key: entry.currencyKey, delta: entry.amount }];
      case 'item':
        return [{ type: 'item', key: entry.itemKey, delta: entry.quantity, metadata: entry.parameters }];
      case 'crate':
        return [];
    }
  });
}

/** The origin of a deposit is who claims. */
export function originOf(ackedBy: AcknowledgedBy): Origin {
  switch (ackedBy) {
    case 'server_api':
      return 'server';
    case 'admin':
      return 'admin';
    case 'sdk':
    case 'auto':
      return 'client';
  }
}

import type { Adjustment } from '@kraty/contracts/economy';

type Direction = Pick<Adjustment, 'type' | 'delta'>;

/** What the ledger says of a server's change that gives no reason of its own (08 §3). */
export function serverReason({ type, delta }: Direction): 'grant' | 'revoke' | 'credit' | 'debit' {
  if (type === 'item') return delta > 0 ? 'grant' : 'revoke';
  return delta > 0 ? 'credit' : 'debit';
}

/** The operator's sentence is not shown to players; the ledger's reason is (08 §3). */
export function operatorReason(direction: Direction): string {
  return `admin_${serverReason(direction)}`;
}

/** 04 §8.4. */
export function auditAction(direction: Direction): string {
  const noun = direction.type === 'item' ? 'inventory' : 'wallet';
  return `${noun}.manual_${serverReason(direction)}`;
}

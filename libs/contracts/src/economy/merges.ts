import type { PlayerRef, Scope } from '../common/index.js';
import { request } from '../messages/index.js';

/** 12 §7.2. */
export interface HoldingsMergeCounts {
  itemsMerged: number;
  itemLedgerRowsMoved: number;
  walletsMerged: number;
  walletLedgerRowsMoved: number;
}

/**
 * Step 3 of a merge: what `from` holds becomes `to`'s, in one transaction, once a saga (08 §10, 12 §7.4), and whatever
 * comes for `from` from then on. A repeated call answers with the recorded counts. Errors: 422 `conflict`
 * (balance_limit), with nothing merged.
 */
export const mergeHoldings = request<
  { scope: Scope; sagaId: string; from: PlayerRef; to: PlayerRef },
  HoldingsMergeCounts
>('economy', 'merge-holdings');

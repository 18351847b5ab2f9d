import type { Scope } from '@kraty/contracts/common';
import type { PayoutOrder } from '../payouts/payout.js';

export interface PoolShare {
  share: number;
  /** Neither paid nor carried over. */
  unpaid: number;
}

/** Evenly among all winners, the remainder unpaid (07 §5.4). */
export function divide(pool: number, winners: number): PoolShare {
  const share = winners === 0 ? 0 : Math.floor(pool / winners);
  return { share, unpaid: pool - winners * share };
}

export interface Winner {
  playerId: string;
  externalPlayerId: string;
}

/** Who is paid a share, and who has won it: another one, when that player was merged away since. */
export interface PaidWinner extends Winner {
  wonAs: string;
}

/** A pool that is divided, as its winners are paid from it. */
export interface DividedPool {
  scope: Scope;
  eventWindowId: string;
  /** Null for the one pool of a window. */
  leaderboardId: string | null;
  currencyKey: string;
  share: number;
  pinAt: Date;
}

/** One share for one winner; unique for ever by who has won and pool (07 §3.1). */
export function shareOrder(pool: DividedPool, { playerId, externalPlayerId, wonAs }: PaidWinner): PayoutOrder {
  const { scope, eventWindowId, leaderboardId, currencyKey, share, pinAt } = pool;
  return {
    ...{ scope, playerId, externalPlayerId, pinAt },
    payoutKey: `pool:${leaderboardId ?? eventWindowId}:${wonAs}`,
    contents: { settled: [{ type: 'currency', currencyKey, amount: share }] },
    sourceKind: 'event_window',
    sourceRefId: eventWindowId,
  };
}

import type { Scope } from '@kraty/contracts/common';
import type { RankTier } from '@kraty/contracts/grants';
import type { FinalStanding } from '@kraty/contracts/leaderboards';
import { rollContentsOf, type PayoutOrder } from '../payouts/payout.js';

/** A frozen board that pays. */
export interface FrozenBoard {
  scope: Scope;
  leaderboardId: string;
  eventWindowId: string;
  pinAt: Date;
}

/** The rank payout of a row, by whom it was frozen for: a merge since then makes no second one of it (07 §3.1). */
export function rankKey(leaderboardId: string, rankedAs: string): string {
  return `rank:${leaderboardId}:${rankedAs}`;
}

/** What a row of the final board is paid; null for bots, for who never scored, and outside of every tier (07 §5.1). */
export function rankOrder(
  { scope, leaderboardId, eventWindowId, pinAt }: FrozenBoard,
  standing: FinalStanding,
  tiers: readonly RankTier[],
): PayoutOrder | null {
  const { rank, participantId: playerId, kind, joinedOnly } = standing;
  if (kind === 'bot' || joinedOnly) return null;
  const tier = tiers.find(({ fromRank, toRank }) => fromRank <= rank && rank <= toRank);
  if (!tier) return null;
  return {
    ...{ scope, playerId, pinAt },
    // Nobody knows the name of a player who was erased meanwhile; the id stays.
    externalPlayerId: standing.externalPlayerId ?? playerId,
    payoutKey: rankKey(leaderboardId, standing.rankedAs ?? playerId),
    contents: rollContentsOf(tier),
    sourceKind: 'event_window',
    sourceRefId: eventWindowId,
  };
}

/** The last rank that any tier pays. */
export function lastPaidRank(tiers: readonly RankTier[]): number {
  return Math.max(0, ...tiers.map(({ toRank }) => toRank));
}

import { Injectable } from '@nestjs/common';
import type { Scope } from '@kraty/contracts/common';
import { describeRewardedAttempt, type RewardedAttempt } from '@kraty/contracts/events';
import type { RankScaledPolicy } from '@kraty/contracts/grants';
import { fail, type Failure } from '@kraty/platform/errors';
import { Messenger } from '@kraty/platform/messaging';
import { Database } from '@kraty/platform/persistence';
import { rollContentsOf, type PayoutOrder } from '../payouts/payout.js';
import { completionKey } from '../payouts/payout-orders.js';
import { orderOfTried, PayoutsStore } from '../payouts/payouts.store.js';
import { FinalBoardsService } from '../settlements/final-boards.service.js';
import { rankKey, rankOrder } from '../settlements/rank-scaled.js';

/** Finds out what an attempt should have paid by itself. */
@Injectable()
export class RetryOrdersService {
  constructor(
    private readonly database: Database,
    private readonly messenger: Messenger,
    private readonly payouts: PayoutsStore,
    private readonly boards: FinalBoardsService,
  ) {}

  /**
   * The order as the engine had it; null when the attempt pays nothing.
   *
   * @throws not_found, conflict (attempt_not_completed, settles_at_window_close)
   */
  async orderFor(scope: Scope, attemptId: string): Promise<PayoutOrder | null> {
    const attempt = await this.messenger.request(describeRewardedAttempt, { scope, attemptId });
    const { status, completedAt, rewardPolicy } = attempt;
    if ((status !== 'completed' && status !== 'force_completed') || completedAt === null) {
      throw fail('conflict', 'the attempt is not completed', { reason: 'attempt_not_completed', status });
    }
    // What the engine was told goes before what the event says by now.
    const recorded = await this.recorded(scope, completionKey(attemptId));
    if (recorded) return recorded;
    switch (rewardPolicy.type) {
      case 'none':
        return null;
      case 'shared_pool':
        throw settlesLater();
      case 'rank_scaled':
        return this.rankOrderFor(scope, attempt, rewardPolicy);
      case 'fixed_bundle':
        return {
          scope,
          playerId: attempt.playerId,
          externalPlayerId: attempt.externalPlayerId,
          payoutKey: completionKey(attemptId),
          contents: rollContentsOf(rewardPolicy.parameters),
          pinAt: new Date(completedAt),
          sourceKind: 'event_completion',
          sourceRefId: attemptId,
        };
    }
  }

  /** The player's row of the final board, and the tier it is in. */
  private async rankOrderFor(
    scope: Scope,
    { leaderboardId, eventWindowId, playerId }: RewardedAttempt,
    { parameters }: RankScaledPolicy,
  ): Promise<PayoutOrder | null> {
    const board = await this.boards.rowOf(scope, leaderboardId, playerId);
    if (board === 'not_frozen') throw settlesLater();
    const recorded = await this.recorded(scope, rankKey(leaderboardId, board?.standing.rankedAs ?? playerId));
    if (recorded) return recorded;
    if (board === null) return null;
    const settled = { scope, leaderboardId, eventWindowId, pinAt: new Date(board.finalizedAt) };
    return rankOrder(settled, board.standing, parameters.tiers);
  }

  private async recorded(scope: Scope, payoutKey: string): Promise<PayoutOrder | null> {
    const tried = await this.payouts.lock(this.database, scope, payoutKey);
    return tried && orderOfTried(scope, payoutKey, tried);
  }
}

function settlesLater(): Failure {
  return fail('conflict', 'this policy pays when the window closes', { reason: 'settles_at_window_close' });
}

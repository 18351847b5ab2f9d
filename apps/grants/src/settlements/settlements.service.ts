import { Injectable } from '@nestjs/common';
import type { Iso, Scope } from '@kraty/contracts/common';
import type { RankTier, RewardPolicy, SharedPoolPolicy } from '@kraty/contracts/grants';
import { Clock } from '@kraty/platform/clock';
import { Database } from '@kraty/platform/persistence';
import { PayoutsService } from '../payouts/payouts.service.js';
import { FinalBoardsService } from './final-boards.service.js';
import { divide, shareOrder } from './pool.js';
import { PoolsStore, type StoredPool } from './pools.store.js';
import { lastPaidRank, rankOrder } from './rank-scaled.js';
import { SettlementsStore, type DueSettlement } from './settlements.store.js';
import { WindowPoliciesService } from './window-policies.service.js';
import { WinnersService } from './winners.service.js';

/** Grants made in one transaction (07 §5.4). */
const chunkMax = 500;
/** Longer than a chunk can take; a worker that died is replaced after it. */
export const leaseMs = 120_000;

/** `waiting`: a board that has to be frozen first is not yet. */
export type Progress = 'done' | 'waiting';

/** What windows and boards pay when they close: written down first, then paid chunk by chunk, restartable anywhere. */
@Injectable()
export class SettlementsService {
  constructor(
    private readonly database: Database,
    private readonly store: SettlementsStore,
    private readonly pools: PoolsStore,
    private readonly policies: WindowPoliciesService,
    private readonly boards: FinalBoardsService,
    private readonly winners: WinnersService,
    private readonly payouts: PayoutsService,
    private readonly clock: Clock,
  ) {}

  async windowClosed(
    scope: Scope,
    { eventWindowId, closedAt, rewardPolicy }: { eventWindowId: string; closedAt: Iso; rewardPolicy: RewardPolicy },
  ): Promise<void> {
    if (rewardPolicy.type !== 'shared_pool' || scopeOfPool(rewardPolicy) !== 'window') return;
    const due = { subject: `window:${eventWindowId}`, eventWindowId, leaderboardId: null, pinAt: new Date(closedAt) };
    await this.store.insert(scope, due, this.clock.now());
  }

  /** @throws 503 while events is away */
  async boardFinalized(
    scope: Scope,
    board: { leaderboardId: string; eventWindowId: string; finalizedAt: Iso },
  ): Promise<void> {
    const { leaderboardId, eventWindowId, finalizedAt } = board;
    const policy = await this.policies.policyOf(scope, eventWindowId);
    const paysByBoard =
      policy.type === 'rank_scaled' || (policy.type === 'shared_pool' && scopeOfPool(policy) === 'board');
    if (!paysByBoard) return;
    const due = { subject: `board:${leaderboardId}`, eventWindowId, leaderboardId, pinAt: new Date(finalizedAt) };
    await this.store.insert(scope, due, this.clock.now());
  }

  /**
   * Goes on from where the last worker stopped, whoever it was.
   *
   * @throws 503 while events or leaderboards are away
   */
  async drive(due: DueSettlement): Promise<Progress> {
    const policy = await this.policies.policyOf(scopeOf(due), due.event_window_id);
    switch (policy.type) {
      case 'rank_scaled':
        return this.payRanks(due, policy.parameters.tiers);
      case 'shared_pool':
        return this.payPool(due, policy);
      case 'none':
      case 'fixed_bundle':
        return 'done';
    }
  }

  private async payRanks(due: DueSettlement, tiers: readonly RankTier[]): Promise<Progress> {
    const { leaderboard_id: leaderboardId, event_window_id: eventWindowId, pin_at: pinAt } = due;
    if (leaderboardId === null) return 'done';
    const scope = scopeOf(due);
    const board = { scope, leaderboardId, eventWindowId, pinAt };
    const last = lastPaidRank(tiers);
    for (let paid = due.progress; paid < last;) {
      const page = await this.boards.page(scope, leaderboardId, paid, chunkMax);
      if (page === 'not_frozen') return 'waiting';
      await this.payouts.pay(page.standings.flatMap((standing) => rankOrder(board, standing, tiers) ?? []));
      const lowest = page.standings.at(-1);
      if (!lowest || page.standings.length < chunkMax) break;
      paid = lowest.rank;
      await this.store.saveProgress(due, paid, this.lease());
    }
    return 'done';
  }

  private async payPool(due: DueSettlement, policy: SharedPoolPolicy): Promise<Progress> {
    const pool = (await this.pools.find(due)) ?? (await this.divide(due, policy));
    if (pool === 'waiting') return pool;
    const { share, currencyKey, winners } = pool;
    if (share === 0) return 'done';
    const { event_window_id: eventWindowId, leaderboard_id: leaderboardId, pin_at: pinAt } = due;
    const divided = { scope: scopeOf(due), eventWindowId, leaderboardId, currencyKey, share, pinAt };
    for (let paid = due.progress; paid < winners;) {
      const chunk = await this.pools.winners(due, paid, chunkMax);
      await this.payouts.pay(chunk.map((winner) => shareOrder(divided, winner)));
      if (chunk.length === 0) break;
      paid += chunk.length;
      await this.store.saveProgress(due, paid, this.lease());
    }
    return 'done';
  }

  /** Phase (a): who wins and how much is decided and written once; only the paying is ever repeated. */
  private async divide(due: DueSettlement, { parameters }: SharedPoolPolicy): Promise<StoredPool | 'waiting'> {
    const { pool, currencyKey, winnerPredicate: predicate } = parameters;
    const { event_window_id: eventWindowId, leaderboard_id: leaderboardId } = due;
    const winners = await this.winners.find({ scope: scopeOf(due), eventWindowId, leaderboardId, predicate });
    if (winners === 'not_frozen') return 'waiting';
    const divided: StoredPool = { currencyKey, pool, winners: winners.length, ...divide(pool, winners.length) };
    const now = this.clock.now();
    await this.database.transaction((tx) => this.pools.insert(tx, due, divided, winners, now));
    const stored = await this.pools.find(due);
    if (!stored) throw new Error(`pool ${due.subject} was not stored`);
    return stored;
  }

  private lease(): Date {
    return new Date(this.clock.nowMs() + leaseMs);
  }
}

function scopeOfPool({ parameters }: SharedPoolPolicy): 'window' | 'board' {
  return parameters.poolScope ?? 'window';
}

function scopeOf({ studio_id: studioId, game_id: gameId, environment }: DueSettlement): Scope {
  return { studioId, gameId, environment };
}

import { Injectable } from '@nestjs/common';
import { attemptScored } from '@kraty/contracts/events';
import { Clock } from '@kraty/platform/clock';
import { FactBacklog } from '@kraty/platform/facts';
import { Logger } from '@kraty/platform/logging';
import type { Board } from '../boards/board.js';
import { RostersStore } from '../bots/rosters.store.js';
import { untoldWaitMs } from '../scores/late-facts.js';
import type { PendingFreeze } from './pending-freeze.js';

type Closing = Pick<PendingFreeze, 'leaderboardId' | 'closedAt'>;
type Counting = Pick<Board, 'scoreAggregation'>;

/**
 * Bots that step with players' writes have stepped with all of them before their board is frozen (10 §6.3). Players' own
 * rows need no message: their standings are read from events. But where an attempt's last write counts, an earlier one
 * that comes after the standings were written would undo them.
 */
@Injectable()
export class AwaitedWrites {
  /** Since when this process waits, by board; it drives a few freezes at once. */
  private readonly sinceMs = new Map<string, number>();

  constructor(
    private readonly rosters: RostersStore,
    private readonly backlog: FactBacklog,
    private readonly clock: Clock,
    private readonly logger: Logger,
  ) {}

  /** False while facts may be on their way that were told before the board was known to have closed: ask again later. */
  async haveCome({ leaderboardId, closedAt }: Closing, { scoreAggregation }: Counting): Promise<boolean> {
    if (scoreAggregation === 'best' && !(await this.rosters.head(leaderboardId))?.countsTicks) return true;
    const nowMs = this.clock.nowMs();
    const sinceMs = this.sinceMs.get(leaderboardId) ?? nowMs;
    this.sinceMs.set(leaderboardId, sinceMs);
    return (await this.oldestUntoldMs()) > Math.max(sinceMs, Date.parse(closedAt)) || nowMs >= sinceMs + untoldWaitMs;
  }

  forget(leaderboardId: string): void {
    this.sinceMs.delete(leaderboardId);
  }

  private async oldestUntoldMs(): Promise<number> {
    try {
      return await this.backlog.oldestMs([attemptScored]);
    } catch (error) {
      this.logger.warn({ err: error }, 'nobody tells which writes are still to come, so a board is frozen later');
      return -Infinity;
    }
  }
}

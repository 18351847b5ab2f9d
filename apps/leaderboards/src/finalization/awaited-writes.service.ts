import { Injectable } from '@nestjs/common';
import { attemptScored } from '@kraty/contracts/events';
import { Clock } from '@kraty/platform/clock';
import { FactBacklog } from '@kraty/platform/facts';
import { Logger } from '@kraty/platform/logging';
import { RostersStore } from '../bots/rosters.store.js';

/** How long a freeze waits for writes that bots have to step with. Milliseconds. */
const waitMaxMs = 15 * 60_000;

/**
 * Bots that step with players' writes have stepped with all of them before their board is frozen (10 §6.3). Players' own
 * rows need no message for that: their standings are read from events.
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
  async haveCome({ leaderboardId, closedAt }: { leaderboardId: string; closedAt: string }): Promise<boolean> {
    const roster = await this.rosters.head(leaderboardId);
    if (!roster?.countsTicks) return true;
    const nowMs = this.clock.nowMs();
    const sinceMs = this.sinceMs.get(leaderboardId) ?? nowMs;
    this.sinceMs.set(leaderboardId, sinceMs);
    return (await this.oldestUntoldMs()) > Math.max(sinceMs, Date.parse(closedAt)) || nowMs >= sinceMs + waitMaxMs;
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

import { Injectable } from '@nestjs/common';
import { Clock } from '@kraty/platform/clock';
import { Logger } from '@kraty/platform/logging';
import { RepeatingWorker } from '@kraty/platform/rounds';
import { leaseMs, RepairsService } from './repairs.service.js';
import { RepairsStore, type DueRepair } from './repairs.store.js';

const everyMs = 1_000;
/** Games of one round; what is left waits for the next. */
const gamesARoundMax = 8;
/** Pauses after failures, the last one again and again. */
const pausesMs = [1_000, 5_000, 30_000, 120_000] as const;

/** Tries failed payouts again after their game's configuration has changed, from any number of instances. */
@Injectable()
export class RepairRoundsService extends RepeatingWorker {
  constructor(
    private readonly repairs: RepairsService,
    private readonly store: RepairsStore,
    private readonly clock: Clock,
    private readonly logger: Logger,
  ) {
    super({ name: 'payout repairs', everyMs, logger });
  }

  override round(): Promise<void> {
    return this.repair();
  }

  /** One round. */
  async repair(): Promise<void> {
    const now = this.clock.nowMs();
    const due = await this.store.takeDue(new Date(now), new Date(now + leaseMs), gamesARoundMax);
    await Promise.all(due.map((one) => this.driveOne(one)));
  }

  private async driveOne(due: DueRepair): Promise<void> {
    try {
      if ((await this.repairs.drive(due)) === 'done') await this.store.finish(due);
      else await this.store.postpone(due, this.clock.now(), 0);
    } catch (error) {
      const tries = due.tries + 1;
      this.logger.warn({ err: error, gameId: due.game_id, tries }, 'failed payouts are tried again later');
      const pause = pausesMs[Math.min(tries, pausesMs.length) - 1] ?? pausesMs[0];
      await this.store.postpone(due, new Date(this.clock.nowMs() + pause), tries);
    }
  }
}

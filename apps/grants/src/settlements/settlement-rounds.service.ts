import { Injectable } from '@nestjs/common';
import { Clock } from '@kraty/platform/clock';
import { Failure } from '@kraty/platform/errors';
import { Logger } from '@kraty/platform/logging';
import { RepeatingWorker } from '@kraty/platform/rounds';
import { Metrics } from '@kraty/platform/telemetry';
import { leaseMs, SettlementsService } from './settlements.service.js';
import { SettlementsStore, type DueSettlement } from './settlements.store.js';

const everyMs = 1_000;
const takenAtOnceMax = 8;
/** Bounds one round; what is left waits for the next. */
const batchesARoundMax = 100;
/** A board that has to be frozen first is looked at again. */
const waitMs = 5_000;
/** Pauses after failures, the last one again and again: it settles once the fault is gone, whoever has to mend it. */
const pausesMs = [1_000, 5_000, 30_000, 120_000, 600_000] as const;
const serverFaultStatus = 500;

/** Drives what is due to its end, from any number of instances (07 §5.4). */
@Injectable()
export class SettlementRoundsService extends RepeatingWorker {
  private readonly failed;

  constructor(
    private readonly settlements: SettlementsService,
    private readonly store: SettlementsStore,
    private readonly clock: Clock,
    private readonly logger: Logger,
    metrics: Metrics,
  ) {
    super({ name: 'settlements', everyMs, logger });
    const options = { labels: ['fault'] };
    this.failed = metrics.counter('settlement_tries_failed_total', 'Tries that paid not all there is.', options);
  }

  async round(): Promise<void> {
    for (let batch = 0; batch < batchesARoundMax && !this.stopping; batch += 1) {
      const now = this.clock.nowMs();
      const due = await this.store.takeDue(new Date(now), new Date(now + leaseMs), takenAtOnceMax);
      await Promise.all(due.map((one) => this.driveOne(one)));
      if (due.length < takenAtOnceMax) return;
    }
  }

  private async driveOne(due: DueSettlement): Promise<void> {
    try {
      const progress = await this.settlements.drive(due);
      if (progress === 'done') await this.store.finish(due, this.clock.now());
      else await this.store.postpone(due, this.after(waitMs), due.tries, 'a board is not frozen yet');
    } catch (error) {
      await this.tryLater(due, error);
    }
  }

  /** Nothing that is owed is given up: a refusal is an error for an operator to look at, and is tried again as well. */
  private async tryLater(due: DueSettlement, error: unknown): Promise<void> {
    const tries = due.tries + 1;
    const why = error instanceof Error ? error.message : String(error);
    const { subject, game_id: gameId } = due;
    const seen = { err: error, subject, gameId, tries };
    if (isRefusal(error)) this.logger.error(seen, 'a settlement was refused and is tried again');
    else this.logger.warn(seen, 'a settlement is tried again');
    this.failed.labels(isRefusal(error) ? 'refused' : 'away').inc();
    const pause = pausesMs[Math.min(tries, pausesMs.length) - 1] ?? pausesMs[0];
    return this.store.postpone(due, this.after(pause), tries, why);
  }

  private after(ms: number): Date {
    return new Date(this.clock.nowMs() + ms);
  }
}

function isRefusal(error: unknown): boolean {
  return error instanceof Failure && error.status < serverFaultStatus;
}

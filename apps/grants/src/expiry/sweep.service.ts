import { Injectable } from '@nestjs/common';
import { Clock } from '@kraty/platform/clock';
import { Outbox } from '@kraty/platform/facts';
import { Logger } from '@kraty/platform/logging';
import { Database } from '@kraty/platform/persistence';
import { RepeatingWorker } from '@kraty/platform/rounds';
import { grantFact } from '../grants/grants.facts.js';
import { ExpiryStore } from './expiry.store.js';

const everyMs = 30_000;
const rowsABatchMax = 500;
/** Bounds one round; what is left waits for the next. */
const batchesARoundMax = 20;
/** Longer than any deposit can take from its request to the end of its last statement. */
const depositSettledAfterMs = 60_000;

/** Marks overdue grants as expired and tells it, in batches, from any number of instances (07 §8). */
@Injectable()
export class SweepService extends RepeatingWorker {
  constructor(
    private readonly database: Database,
    private readonly store: ExpiryStore,
    private readonly outbox: Outbox,
    private readonly clock: Clock,
    logger: Logger,
  ) {
    super({ name: 'grant expiry', everyMs, logger });
  }

  override round(): Promise<void> {
    return this.sweep();
  }

  async sweep(): Promise<void> {
    for (let batch = 0; batch < batchesARoundMax; batch += 1) {
      if ((await this.sweepBatch()) < rowsABatchMax) return;
    }
  }

  private async sweepBatch(): Promise<number> {
    const now = this.clock.now();
    const settledBefore = new Date(now.getTime() - depositSettledAfterMs);
    const { expired, staged } = await this.database.transaction(async (tx) => {
      const rows = await this.store.expireDue(tx, now, settledBefore, rowsABatchMax);
      const facts = rows.map((row) => grantFact('expired', row, now));
      return { expired: rows.length, staged: await this.outbox.stage(tx, facts) };
    });
    await this.outbox.carry(staged);
    return expired;
  }
}

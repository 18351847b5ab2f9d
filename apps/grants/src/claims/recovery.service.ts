import { Injectable } from '@nestjs/common';
import { Clock } from '@kraty/platform/clock';
import { Logger } from '@kraty/platform/logging';
import { RepeatingWorker } from '@kraty/platform/rounds';
import type { GrantRow } from '../grants/grant.js';
import { ClaimsStore } from './claims.store.js';
import { DepositsService } from './deposits.service.js';

const everyMs = 10_000;
/** A claim that is still at work has its answer long before this. */
const staleAfterMs = 15_000;
/** Driven side by side: they travel together, and a silent economy is waited for once. */
const rowsABatchMax = 200;
/** Bounds one round; what is left waits for the next. */
const batchesARoundMax = 50;

/** Drives on what a crash or a silent economy left between request and done (07 §11.5). */
@Injectable()
export class RecoveryService extends RepeatingWorker {
  constructor(
    private readonly store: ClaimsStore,
    private readonly deposits: DepositsService,
    private readonly clock: Clock,
    private readonly logger: Logger,
  ) {
    super({ name: 'deposit recovery', everyMs, logger });
  }

  override round(): Promise<void> {
    return this.recover();
  }

  /** One round. Rows are taken one worker at a time, so any number of instances may run it. */
  async recover(): Promise<void> {
    for (let batch = 0; batch < batchesARoundMax; batch += 1) {
      const now = this.clock.now();
      const stale = await this.store.takeStale(new Date(now.getTime() - staleAfterMs), now, rowsABatchMax);
      const done = await Promise.all(stale.map((row) => this.complete(row)));
      // An economy that answers none of them would keep the others waiting as well.
      if (stale.length < rowsABatchMax || !done.includes(true)) return;
    }
  }

  private async complete(row: GrantRow): Promise<boolean> {
    try {
      await this.deposits.complete(row);
      return true;
    } catch (error) {
      this.logger.warn({ err: error, grantId: row.id }, 'a deposit is still not done');
      return false;
    }
  }
}

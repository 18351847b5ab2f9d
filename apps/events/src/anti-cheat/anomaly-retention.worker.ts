import { Injectable } from '@nestjs/common';
import { Clock } from '@kraty/platform/clock';
import { Logger } from '@kraty/platform/logging';
import { RepeatingWorker } from '@kraty/platform/rounds';
import { AnomalyRetentionStore } from './anomaly-retention.store.js';

const everyMs = 3_600_000;
const rowsAChunk = 1_000;
/** The next round takes what is left. */
const chunksARound = 100;

/** Forgets anomalies that their game keeps no longer (04 §10). */
@Injectable()
export class AnomalyRetentionWorker extends RepeatingWorker {
  constructor(
    logger: Logger,
    private readonly clock: Clock,
    private readonly store: AnomalyRetentionStore,
  ) {
    super({ name: 'anomaly retention', everyMs, firstAfterMs: 0, logger });
  }

  override async round(): Promise<void> {
    for (let chunk = 1; chunk <= chunksARound; chunk += 1) {
      const removed = await this.store.purge(this.clock.now(), rowsAChunk);
      if (removed < rowsAChunk) return;
    }
  }
}

import { Injectable } from '@nestjs/common';
import { Clock } from '@kraty/platform/clock';
import { Logger } from '@kraty/platform/logging';
import { RepeatingWorker } from '../repeating.worker.js';
import { AnomalyRetentionStore } from './anomaly-retention.store.js';

const pauseMs = 3_600_000;
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
    super('anomaly retention', pauseMs, logger);
  }

  override async round(): Promise<void> {
    for (let chunk = 1; chunk <= chunksARound; chunk += 1) {
      const removed = await this.store.purge(this.clock.now(), rowsAChunk);
      if (removed < rowsAChunk) return;
    }
  }
}

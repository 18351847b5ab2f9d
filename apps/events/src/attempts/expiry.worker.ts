import { Injectable } from '@nestjs/common';
import { Clock } from '@kraty/platform/clock';
import { Logger } from '@kraty/platform/logging';
import { RepeatingWorker } from '../repeating.worker.js';
import { AttemptsStore } from './attempts.store.js';
import { Endings } from './endings.service.js';

const pauseMs = 30_000;
const chunksARound = 200;

/** Resolves attempts whose time ran out and that nobody has touched since (05 §9.5). */
@Injectable()
export class ExpiryWorker extends RepeatingWorker {
  constructor(
    logger: Logger,
    private readonly clock: Clock,
    private readonly attempts: AttemptsStore,
    private readonly endings: Endings,
  ) {
    super('expiry', pauseMs, logger);
  }

  override async round(): Promise<void> {
    await this.endings.timeOutAll((tx, of) => this.attempts.claimOverdue(tx, this.clock.now(), of), chunksARound);
  }
}

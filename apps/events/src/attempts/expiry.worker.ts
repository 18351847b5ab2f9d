import { Injectable } from '@nestjs/common';
import { Logger } from '@kraty/platform/logging';
import { Database } from '@kraty/platform/persistence';
import { RepeatingWorker } from '@kraty/platform/rounds';
import { Metrics } from '@kraty/platform/telemetry';
import { AttemptsStore } from './attempts.store.js';
import { Endings } from './endings.service.js';
import { ParkedAttemptsStore } from './parked-attempts.store.js';

const everyMs = 30_000;
const chunksARound = 200;

/** Resolves attempts whose time ran out and that nobody has touched since (05 §9.5). */
@Injectable()
export class ExpiryWorker extends RepeatingWorker {
  private readonly parkedAttempts;

  constructor(
    logger: Logger,
    metrics: Metrics,
    private readonly database: Database,
    private readonly attempts: AttemptsStore,
    private readonly parked: ParkedAttemptsStore,
    private readonly endings: Endings,
  ) {
    super({ name: 'expiry', everyMs, firstAfterMs: 0, logger });
    this.parkedAttempts = metrics.gauge('parked_attempts', 'Attempts that are over and cannot be ended.');
  }

  override async round(): Promise<void> {
    await this.endings.timeOutAll((...of) => this.attempts.claimOverdue(...of), chunksARound);
    await this.endings.timeOutAll((...of) => this.attempts.claimParked(...of), chunksARound);
    await this.parked.forgetEnded(this.database);
    this.parkedAttempts.set(await this.parked.count(this.database));
  }
}

import { Injectable } from '@nestjs/common';
import { Clock } from '@kraty/platform/clock';
import { Outbox, type Staged } from '@kraty/platform/facts';
import { Logger } from '@kraty/platform/logging';
import { Database, type Tx } from '@kraty/platform/persistence';
import { RepeatingWorker } from '../repeating.worker.js';
import { AttemptsStore } from './attempts.store.js';
import { Endings } from './endings.service.js';

const pauseMs = 30_000;
const attemptsAChunk = 500;
const chunksARound = 200;

/** Resolves attempts whose time ran out and that nobody has touched since (05 §9.5). */
@Injectable()
export class ExpiryWorker extends RepeatingWorker {
  constructor(
    logger: Logger,
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly outbox: Outbox,
    private readonly attempts: AttemptsStore,
    private readonly endings: Endings,
  ) {
    super('expiry', pauseMs, logger);
  }

  override async round(): Promise<void> {
    for (let chunk = 1; chunk <= chunksARound; chunk += 1) {
      const { resolved, staged } = await this.database.transaction((tx) => this.resolveSome(tx));
      await this.outbox.carry(staged);
      if (resolved < attemptsAChunk) return;
    }
  }

  private async resolveSome(tx: Tx): Promise<{ resolved: number; staged: Staged }> {
    const overdue = await this.attempts.claimOverdue(tx, this.clock.now(), attemptsAChunk);
    const facts = await this.endings.timeOut(tx, overdue, this.clock.nowMs());
    return { resolved: overdue.length, staged: await this.outbox.stage(tx, facts) };
  }
}

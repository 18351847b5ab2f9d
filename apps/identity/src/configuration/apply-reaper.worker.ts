import { Injectable } from '@nestjs/common';
import { Clock } from '@kraty/platform/clock';
import { uuidV7 } from '@kraty/platform/ids';
import { Logger } from '@kraty/platform/logging';
import { RepeatingWorker } from '@kraty/platform/rounds';
import { AppliesStore, type ApplyRow, type Lease } from './applies.store.js';
import { ApplySaga, leaseMs } from './apply-saga.service.js';

const everyMs = 10_000;
/** Rows worked on in one round. */
const rowsARoundMax = 20;
const pauseMsMax = 60_000;

/** Finishes or undoes what a crash, or an owner that was away, has left half done. */
@Injectable()
export class ApplyReaper extends RepeatingWorker {
  constructor(
    private readonly applies: AppliesStore,
    private readonly saga: ApplySaga,
    private readonly clock: Clock,
    private readonly logger: Logger,
  ) {
    super({ name: 'applies left behind', everyMs, firstAfterMs: 0, logger });
  }

  /** What fails is tried again in a later round. */
  override async round(): Promise<void> {
    for (let rows = 0; rows < rowsARoundMax; rows += 1) {
      const lease = { owner: uuidV7(this.clock.nowMs()), until: new Date(this.clock.nowMs() + leaseMs) };
      const apply = await this.applies.claimDue(lease, this.clock.now());
      if (apply === null) return;
      await this.resume(apply, lease).catch((error: unknown) => this.postpone(apply, lease, error));
    }
  }

  private async resume(apply: ApplyRow, lease: Lease): Promise<void> {
    this.logger.warn({ applyId: apply.id, state: apply.state, attempts: apply.attempts }, 'resuming an apply');
    if (apply.state === 'committing') await this.saga.complete(apply);
    else await this.saga.abandon(apply, lease);
  }

  private async postpone(apply: ApplyRow, lease: Lease, error: unknown): Promise<void> {
    this.logger.error({ err: error, applyId: apply.id, state: apply.state }, 'an apply could not be resumed');
    const pauseMs = Math.min(pauseMsMax, 1_000 * 2 ** Math.min(apply.attempts, 10));
    const from = new Date(this.clock.nowMs() + pauseMs);
    await this.applies.release(apply.id, lease.owner, from, String(error), this.clock.now()).catch(() => undefined);
  }
}

import { Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { Clock } from '@kraty/platform/clock';
import { uuidV7 } from '@kraty/platform/ids';
import { Logger } from '@kraty/platform/logging';
import { AppliesStore, type ApplyRow, type Lease } from './applies.store.js';
import { ApplySaga, leaseMs } from './apply-saga.service.js';

const roundEveryMs = 10_000;
/** Rows worked on in one round. */
const rowsARoundMax = 20;
const pauseMsMax = 60_000;

/** Finishes or undoes what a crash, or an owner that was away, has left half done. */
@Injectable()
export class ApplyReaper implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private timer: NodeJS.Timeout | undefined;
  private round: Promise<void> = Promise.resolve();

  constructor(
    private readonly applies: AppliesStore,
    private readonly saga: ApplySaga,
    private readonly clock: Clock,
    private readonly logger: Logger,
  ) {}

  onApplicationBootstrap(): void {
    this.startRound();
    this.timer = setInterval(() => this.startRound(), roundEveryMs).unref();
  }

  async beforeApplicationShutdown(): Promise<void> {
    clearInterval(this.timer);
    await this.round;
  }

  /** One round after the other, however long one takes. */
  private startRound(): void {
    this.round = this.round.then(() => this.runRound());
  }

  /** Never throws: what fails is tried again in a later round. */
  private async runRound(): Promise<void> {
    for (let rows = 0; rows < rowsARoundMax; rows += 1) {
      const lease = { owner: uuidV7(this.clock.nowMs()), until: new Date(this.clock.nowMs() + leaseMs) };
      const apply = await this.applies.claimDue(lease, this.clock.now()).catch(() => null);
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

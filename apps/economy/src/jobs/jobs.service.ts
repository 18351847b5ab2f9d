import { Injectable } from '@nestjs/common';
import { Clock } from '@kraty/platform/clock';
import { Logger } from '@kraty/platform/logging';
import { JobsStore } from './jobs.store.js';

/** Longer than any step of a job; an instance that died in its turn is replaced after it. Milliseconds. */
export const leaseMs = 30 * 60_000;

/** Says that the turn goes on; a job calls it between its steps. @throws TurnLostError when somebody else has it */
export type KeepTurn = () => Promise<void>;

/** The instance stood still for longer than its lease, and another one has begun the job anew. */
class TurnLostError extends Error {}

/** Runs jobs that are due once a while, each by one instance at a time, and again when an instance dies in one. */
@Injectable()
export class JobsService {
  constructor(
    private readonly store: JobsStore,
    private readonly clock: Clock,
    private readonly logger: Logger,
  ) {}

  /**
   * The turn counts once the job has run to its end: one that fails, or whose process dies, is taken again after its
   * lease. False when the job is not due, or is another instance's.
   */
  async runWhenDue(name: string, everyMs: number, job: (keep: KeepTurn) => Promise<void>): Promise<boolean> {
    const begunAt = this.clock.now();
    let leasedUntil = this.lease();
    if (!(await this.store.take(name, begunAt, everyMs, leasedUntil))) return false;
    const keep = async () => {
      const longer = this.lease();
      if (!(await this.store.keep(name, leasedUntil, longer))) throw new TurnLostError(name);
      leasedUntil = longer;
    };
    try {
      await job(keep);
      await this.store.finish(name, leasedUntil, begunAt);
    } catch (error) {
      if (!(error instanceof TurnLostError)) throw error;
      this.logger.warn({ job: name }, 'another instance has taken over a job that this one was late with');
    }
    return true;
  }

  private lease(): Date {
    return new Date(this.clock.nowMs() + leaseMs);
  }
}

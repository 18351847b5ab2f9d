import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import type { Logger } from '@kraty/platform/logging';
import { isAway } from './is-away.js';

/** Runs a round at start and again and again, one at a time, until the service stops; a failed round is logged. */
export abstract class RepeatingWorker implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> = Promise.resolve();
  private stopping = false;

  protected constructor(
    private readonly name: string,
    private readonly pauseMs: number,
    private readonly logger: Logger,
  ) {}

  /** One round of work; safe to run in any number of processes at once. */
  abstract round(): Promise<void>;

  onApplicationBootstrap(): void {
    this.schedule(0);
  }

  async beforeApplicationShutdown(): Promise<void> {
    this.stopping = true;
    clearTimeout(this.timer);
    await this.running;
  }

  /** One failed piece of a round must not keep the others from their turn. */
  protected async each<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
    for (const item of items) {
      if (this.stopping) return;
      await work(item).catch((error: unknown) => this.report({ err: error, item }, 'a piece of work failed'));
    }
  }

  private schedule(afterMs: number): void {
    if (this.stopping) return;
    this.timer = setTimeout(() => {
      this.running = this.guardedRound();
      void this.running.then(() => this.schedule(this.pauseMs));
    }, afterMs);
    this.timer.unref();
  }

  private async guardedRound(): Promise<void> {
    try {
      await this.round();
    } catch (error) {
      this.report({ err: error }, 'a round failed; the next one goes on');
    }
  }

  /** What is away comes back and the next round finds it; everything else is for somebody to look at. */
  private report(fields: { err: unknown; item?: unknown }, message: string): void {
    const { err } = fields;
    this.logger[isAway(err) ? 'warn' : 'error']({ ...fields, worker: this.name }, message);
  }
}

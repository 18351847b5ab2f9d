import { isAway } from '../errors/index.js';
import type { Logger } from '../logging/index.js';

/** What a worker does again and again; a failed round is logged and the next one comes all the same. */
export interface RoundsOptions {
  name: string;
  /** Pause between the end of a round and the next one; asked anew after each. */
  everyMs: number | (() => number);
  /** Before the first round; as long as every other pause when absent. */
  firstAfterMs?: number;
  round: () => Promise<void>;
  logger: Logger;
}

/** Runs rounds one after the other, never two at once, with a pause between them. */
export class Rounds {
  private timer: NodeJS.Timeout | null = null;
  private running: Promise<void> = Promise.resolve();
  private stopped = false;

  constructor(private readonly options: RoundsOptions) {}

  /** True once the rounds are to end; a long round looks at it now and then. */
  get stopping(): boolean {
    return this.stopped;
  }

  /** The first round begins after one pause, unless told otherwise: a service that has just started has other things to do. */
  start(): void {
    this.schedule(this.options.firstAfterMs ?? this.pauseMs());
  }

  /** Begins no further round and waits for the one in hand. */
  async stop(): Promise<void> {
    this.stopped = true;
    if (this.timer !== null) clearTimeout(this.timer);
    await this.running;
  }

  /** One failed piece of a round must not keep the others from their turn. */
  async each<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
    for (const item of items) {
      if (this.stopped) return;
      await work(item).catch((error: unknown) => this.report({ err: error, item }, 'a piece of work failed'));
    }
  }

  private schedule(afterMs: number): void {
    if (this.stopped) return;
    this.timer = setTimeout(() => {
      this.running = this.run();
    }, afterMs);
    this.timer.unref();
  }

  private async run(): Promise<void> {
    try {
      await this.options.round();
    } catch (error) {
      this.report({ err: error }, 'a round failed and is tried again');
    }
    this.schedule(this.pauseMs());
  }

  private pauseMs(): number {
    const { everyMs } = this.options;
    return typeof everyMs === 'number' ? everyMs : everyMs();
  }

  /** What is away comes back and the next round finds it; everything else is for somebody to look at. */
  private report(fields: { err: unknown; item?: unknown }, message: string): void {
    const { name, logger } = this.options;
    logger[isAway(fields.err) ? 'warn' : 'error']({ ...fields, worker: name }, message);
  }
}

import type { Logger } from '../logging/index.js';

/** What a worker does again and again; a failed round is logged and the next one comes all the same. */
export interface RoundsOptions {
  name: string;
  everyMs: number;
  round: () => Promise<void>;
  logger: Logger;
}

/** Runs rounds one after the other, never two at once, with the same pause between them. */
export class Rounds {
  private timer: NodeJS.Timeout | null = null;
  private running: Promise<void> = Promise.resolve();
  private stopped = false;

  constructor(private readonly options: RoundsOptions) {}

  /** The first round begins after one pause: a service that has just started has other things to do. */
  start(): void {
    this.schedule();
  }

  /** Begins no further round and waits for the one in hand. */
  async stop(): Promise<void> {
    this.stopped = true;
    if (this.timer !== null) clearTimeout(this.timer);
    await this.running;
  }

  private schedule(): void {
    if (this.stopped) return;
    this.timer = setTimeout(() => {
      this.running = this.run();
    }, this.options.everyMs);
  }

  private async run(): Promise<void> {
    try {
      await this.options.round();
    } catch (error) {
      this.options.logger.warn({ err: error, worker: this.options.name }, 'a round failed and is tried again');
    }
    this.schedule();
  }
}

import type { Logger } from '../logging/index.js';
import type { OutboxStore } from './outbox.store.js';

/** One UPDATE for this many rows, or for what came within this time. */
const idsAnUpdateMax = 500;
const collectMs = 200;
/** What does not fit is left to the relay, which publishes it again and marks it then. */
const idsWaitingMax = 50_000;

/** Marks outbox rows as published, many at a time and behind the callers' backs. */
export class PublishedMarks {
  private waiting: string[] = [];
  private timer: NodeJS.Timeout | null = null;
  private writing: Promise<void> | null = null;

  constructor(
    private readonly store: OutboxStore,
    private readonly logger: Logger,
  ) {}

  add(envelopeId: string): void {
    if (this.waiting.length >= idsWaitingMax) return;
    this.waiting.push(envelopeId);
    if (this.waiting.length >= idsAnUpdateMax) void this.flush();
    else this.timer ??= setTimeout(() => void this.flush(), collectMs);
  }

  /** Writes all that waits; when two ask, they wait for the same writing. */
  flush(): Promise<void> {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
    this.writing ??= this.write().finally(() => (this.writing = null));
    return this.writing;
  }

  private async write(): Promise<void> {
    while (this.waiting.length > 0) {
      const ids = this.waiting.splice(0, idsAnUpdateMax);
      try {
        await this.store.markPublished(ids);
      } catch (error) {
        this.logger.warn(
          { err: error, rows: ids.length },
          'published rows stay unmarked; the relay will publish them again',
        );
      }
    }
  }
}

import type { Logger } from '../logging/index.js';
import { wallClockMs } from '../messaging/index.js';
import type { HousekeepingStore } from './housekeeping.store.js';
import type { Parking } from './parking.js';
import type { Relay } from './relay.js';
import { firstIdAt } from './time-ids.js';

const roundEveryMs = 60_000;
/** After a round that left something to delete: a service may write more in a minute than one round takes. */
const nextRoundMs = 1_000;
const dayMs = 24 * 60 * 60 * 1_000;

/** Published rows stay this long, to be replayed to a consumer or a broker that lost them. */
export const outboxDays = 7;
/** Longer than the outbox and the streams together: a mark must outlive every way its fact can come again. */
export const inboxDays = 30;

/** Small enough not to hold locks for long. */
const rowsABatchMax = 5_000;
const batchesARoundMax = 40;

/** Keeps the tables that every service has from growing without end, and their gauge honest. */
export class Housekeeping {
  private timer: NodeJS.Timeout | null = null;
  private round: Promise<void> = Promise.resolve();
  private stopped = false;

  constructor(
    private readonly store: HousekeepingStore,
    private readonly recordedReplies: { purge(rowsMax: number): Promise<number> },
    private readonly parking: Parking,
    private readonly relay: Relay,
    private readonly logger: Logger,
  ) {}

  start(): void {
    this.round = this.run();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    if (this.timer !== null) clearTimeout(this.timer);
    await this.round;
  }

  /** Deletes what is older than its time, in bounded batches. True when there is more of it. */
  async purge(nowMs: number = wallClockMs()): Promise<boolean> {
    const beforeOutbox = firstIdAt(nowMs - outboxDays * dayMs);
    const left = [
      await this.inBatches((rowsMax) => this.store.deletePublished(beforeOutbox, outboxDays, rowsMax)),
      await this.inBatches((rowsMax) => this.store.deleteApplied(inboxDays, rowsMax)),
      await this.inBatches((rowsMax) => this.recordedReplies.purge(rowsMax)),
    ];
    return left.includes(true);
  }

  /** True when the bound ended it. */
  private async inBatches(deleteSome: (rowsMax: number) => Promise<number>): Promise<boolean> {
    for (let batch = 0; batch < batchesARoundMax && !this.stopped; batch += 1) {
      if ((await deleteSome(rowsABatchMax)) < rowsABatchMax) return false;
    }
    return true;
  }

  private async run(): Promise<void> {
    const isMoreLeft = await this.runRound();
    if (!this.stopped) this.timer = setTimeout(() => this.start(), isMoreLeft ? nextRoundMs : roundEveryMs);
  }

  private async runRound(): Promise<boolean> {
    try {
      await this.parking.count();
      return this.relay.isElected && (await this.purge());
    } catch (error) {
      this.logger.warn({ err: error }, 'housekeeping of the outbox is put off');
      return false;
    }
  }
}

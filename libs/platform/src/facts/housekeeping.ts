import type { Logger } from '../logging/index.js';
import { wallClockMs } from '../messaging/index.js';
import { Rounds } from '../rounds/index.js';
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
  private readonly rounds: Rounds;
  private isMoreLeft = false;

  constructor(
    private readonly store: HousekeepingStore,
    private readonly recordedReplies: { purge(rowsMax: number): Promise<number> },
    private readonly parking: Parking,
    private readonly relay: Relay,
    logger: Logger,
  ) {
    const everyMs = () => (this.isMoreLeft ? nextRoundMs : roundEveryMs);
    const round = () => this.round();
    this.rounds = new Rounds({ name: 'housekeeping of the outbox', everyMs, firstAfterMs: 0, round, logger });
  }

  start(): void {
    this.rounds.start();
  }

  async stop(): Promise<void> {
    await this.rounds.stop();
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
    for (let batch = 0; batch < batchesARoundMax && !this.rounds.stopping; batch += 1) {
      if ((await deleteSome(rowsABatchMax)) < rowsABatchMax) return false;
    }
    return true;
  }

  private async round(): Promise<void> {
    this.isMoreLeft = false;
    await this.parking.count();
    this.isMoreLeft = this.relay.isElected && (await this.purge());
  }
}

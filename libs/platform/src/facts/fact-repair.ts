import { wallClockMs, type NatsLink } from '../messaging/index.js';
import type { Database } from '../persistence/index.js';
import { OutboxStore } from './outbox.store.js';
import { ParkedStore, type ParkedFact } from './parked.store.js';
import { publishDurably } from './publish-durably.js';
import { firstIdAt } from './time-ids.js';

const replayRowsAPage = 200;
/** Ids carry the service's time, rows the database's: they differ by no more than this. */
const clockSkewMs = 60_000;
/** Shown in one list. */
const parkedRowsMax = 100;

export interface ReplayOptions {
  /** `FactType.subject`, all partitions with it; every fact of the context when absent. */
  subject?: string | null;
  /** Rows committed from then on. */
  since: Date;
}

/** What an operator does about facts that were lost or given up; every consumer knows what it has applied already. */
export class FactRepair {
  private readonly outbox: OutboxStore;
  private readonly parking: ParkedStore;

  constructor(
    private readonly database: Database,
    private readonly link: NatsLink,
  ) {
    this.outbox = new OutboxStore(database);
    this.parking = new ParkedStore(database);
  }

  /** What this service has given up, oldest first, at most a hundred. */
  parked(): Promise<ParkedFact[]> {
    return this.parking.list(parkedRowsMax);
  }

  /**
   * Publishes a parked fact again. Its row goes in the same transaction: a consumer that gives it up once more waits
   * for that, and parks it anew.
   *
   * @returns false when nothing is parked under this id
   */
  unpark(id: string): Promise<boolean> {
    return this.database.transaction(async (tx) => {
      const taken = await this.parking.take(tx, id);
      if (taken === null) return false;
      await publishDurably(this.link.nats, { id, ...taken, headers: null }, { again: true });
      return true;
    });
  }

  /** Publishes rows again that were published before, oldest first. Returns how many. */
  async replay({ subject = null, since }: ReplayOptions): Promise<number> {
    let replayed = 0;
    for (let afterId = firstIdAt(Math.min(since.getTime(), wallClockMs()) - clockSkewMs); ;) {
      const rows = await this.outbox.published({ afterId, since, subject, rowsMax: replayRowsAPage });
      for (const row of rows) await publishDurably(this.link.nats, row, { again: true });
      replayed += rows.length;
      const last = rows.at(-1);
      if (last === undefined || rows.length < replayRowsAPage) return replayed;
      afterId = last.id;
    }
  }
}

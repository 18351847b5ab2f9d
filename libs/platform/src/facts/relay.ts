import { Client, type Pool } from 'pg';
import type { Context } from '@kraty/contracts/common';
import type { Logger } from '../logging/index.js';
import type { NatsLink } from '../messaging/index.js';
import type { FactMetrics } from './fact-metrics.js';
import { publishDurably } from './publish-durably.js';
import { RelayStore } from './relay.store.js';

/** One round a second; a round takes this many rows and is followed by the next at once while there are more. */
const roundEveryMs = 1_000;
const rowsARoundMax = 200;
const roundsInARowMax = 50;
/** Younger rows are on their way already, published by whoever committed them. */
const rowAgeSecondsMin = 2;

export interface RelayGround {
  context: Context;
  pool: Pool;
  link: NatsLink;
  metrics: FactMetrics;
  logger: Logger;
}

/**
 * The safety net of the outbox: publishes what was committed and never published. One a service at a time, elected by
 * a lock that PostgreSQL frees by itself when the holder's connection ends.
 */
export class Relay {
  private timer: NodeJS.Timeout | null = null;
  private round: Promise<void> = Promise.resolve();
  private session: { client: Client; store: RelayStore } | null = null;
  private elected = false;
  private stopped = false;
  private failing = false;

  constructor(private readonly ground: RelayGround) {}

  /** True while this process is the one that relays. */
  get isElected(): boolean {
    return this.elected;
  }

  start(): void {
    this.plan();
  }

  async stop(): Promise<void> {
    this.stopped = true;
    if (this.timer !== null) clearTimeout(this.timer);
    await this.round;
    await this.leave();
  }

  private plan(): void {
    if (this.stopped) return;
    this.timer = setTimeout(() => {
      this.round = this.runRound().finally(() => this.plan());
    }, roundEveryMs);
  }

  private async runRound(): Promise<void> {
    try {
      const store = await this.electedStore();
      if (store === null) return;
      for (let rounds = 0; rounds < roundsInARowMax && !this.stopped; rounds += 1) {
        if (!(await this.relaySome(store))) break;
      }
      this.ground.metrics.relayLagSeconds.set(await store.lagSeconds());
    } catch (error) {
      this.report(error, 'the relay cannot go on for now');
      await this.leave();
    }
  }

  /** In order, and no further than the first failure. True when there may be more at once. */
  private async relaySome(store: RelayStore): Promise<boolean> {
    const rows = await store.unpublished(rowAgeSecondsMin, rowsARoundMax);
    const published: string[] = [];
    const failure = await this.publishAll(rows, published);
    if (published.length > 0) await store.markPublished(published);
    this.ground.metrics.published.labels('relay').inc(published.length);
    if (failure !== null) this.report(failure, 'the relay stops at a row that cannot be published');
    else this.failing = false;
    return failure === null && rows.length === rowsARoundMax;
  }

  /** Said once a trouble, not once a second. */
  private report(error: unknown, what: string): void {
    this.ground.logger[this.failing ? 'debug' : 'warn']({ err: error }, what);
    this.failing = true;
  }

  private async publishAll(
    rows: Awaited<ReturnType<RelayStore['unpublished']>>,
    published: string[],
  ): Promise<unknown> {
    if (!this.ground.link.connected) return rows.length === 0 ? null : new Error('the broker is away');
    for (const row of rows) {
      try {
        await publishDurably(this.ground.link.nats, row);
        published.push(row.id);
      } catch (error) {
        return error;
      }
    }
    return null;
  }

  /** The store when this process holds the lock, else null. */
  private async electedStore(): Promise<RelayStore | null> {
    this.session ??= await this.connect();
    this.elected ||= await this.session.store.tryLock(this.ground.context);
    return this.elected ? this.session.store : null;
  }

  /** A connection of its own: the lock lives and dies with it, and the pool's connections come and go. */
  private async connect(): Promise<{ client: Client; store: RelayStore }> {
    const client = new Client(this.ground.pool.options);
    client.on('error', () => void this.leave());
    await client.connect();
    return { client, store: new RelayStore(client) };
  }

  private async leave(): Promise<void> {
    const { session } = this;
    this.session = null;
    this.elected = false;
    this.ground.metrics.relayLagSeconds.set(0);
    await session?.client.end().catch(() => undefined);
  }
}

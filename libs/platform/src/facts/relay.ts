import { Client, type Pool } from 'pg';
import type { Context } from '@kraty/contracts/common';
import type { Logger } from '../logging/index.js';
import type { NatsLink } from '../messaging/index.js';
import { Rounds } from '../rounds/index.js';
import type { FactMetrics } from './fact-metrics.js';
import { publishDurably } from './publish-durably.js';
import { RelayStore } from './relay.store.js';

/** One round a second; a round takes this many rows and is followed by the next at once while there are more. */
const roundEveryMs = 1_000;
const rowsARoundMax = 200;
const roundsInARowMax = 50;
/** Whom the broker does not take rows from lets the other processes of the service try for so many rounds. */
const roundsAside = 3;
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
 * a lock that PostgreSQL frees by itself when the holder's connection ends, and that the holder gives back when the
 * broker takes nothing from it.
 */
export class Relay {
  private readonly rounds: Rounds;
  private session: { client: Client; store: RelayStore } | null = null;
  private elected = false;
  private roundsToWait = 0;
  private failing = false;

  constructor(private readonly ground: RelayGround) {
    const { logger } = ground;
    this.rounds = new Rounds({ name: 'relay', everyMs: roundEveryMs, round: () => this.runRound(), logger });
  }

  /** True while this process is the one that relays. */
  get isElected(): boolean {
    return this.elected;
  }

  start(): void {
    this.rounds.start();
  }

  async stop(): Promise<void> {
    await this.rounds.stop();
    await this.leave();
  }

  private async runRound(): Promise<void> {
    try {
      this.session ??= await this.connect();
      const { store } = this.session;
      if (await this.isOurTurn(store)) await this.relayAll(store);
      // While nobody can relay, somebody still has to say how far behind we are.
      if (this.elected || !this.ground.link.connected)
        this.ground.metrics.relayLagSeconds.set(await store.lagSeconds());
      else this.ground.metrics.relayLagSeconds.set(0);
    } catch (error) {
      this.report(error, 'the relay cannot go on for now');
      await this.leave();
    }
  }

  /** Whoever is cut off from the broker must not keep the lock from one who is not. */
  private async isOurTurn(store: RelayStore): Promise<boolean> {
    if (!this.ground.link.connected) {
      await this.stepAside(store);
      return false;
    }
    if (this.roundsToWait > 0) {
      this.roundsToWait -= 1;
      return false;
    }
    this.elected ||= await store.tryLock(this.ground.context);
    return this.elected;
  }

  private async stepAside(store: RelayStore): Promise<void> {
    this.roundsToWait = roundsAside;
    if (!this.elected) return;
    this.elected = false;
    await store.unlock(this.ground.context);
  }

  private async relayAll(store: RelayStore): Promise<void> {
    for (let rounds = 0; rounds < roundsInARowMax && !this.rounds.stopping; rounds += 1) {
      if (!(await this.relaySome(store))) return;
    }
  }

  /** In order, and no further than the first failure. True when there may be more at once. */
  private async relaySome(store: RelayStore): Promise<boolean> {
    const rows = await store.unpublished(rowAgeSecondsMin, rowsARoundMax);
    const published: string[] = [];
    const failure = await this.publishAll(rows, published);
    if (published.length > 0) await store.markPublished(published);
    this.ground.metrics.published.labels('relay').inc(published.length);
    if (failure === null) {
      this.failing = false;
      return rows.length === rowsARoundMax;
    }
    this.report(failure, 'the relay stops at a row that cannot be published');
    await this.stepAside(store);
    return false;
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

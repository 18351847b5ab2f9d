import type { Context } from '@kraty/contracts/common';
import type { DiscoveryService } from '@nestjs/core';
import type { Clock } from '../clock/index.js';
import type { Logger } from '../logging/index.js';
import type { NatsLink } from '../messaging/index.js';
import type { Database } from '../persistence/index.js';
import type { Metrics } from '../telemetry/index.js';
import { AppliedWaits } from './applied-waits.js';
import { atMost } from '../waiting/index.js';
import { Audience } from './audience.js';
import { CourtesyCircuit } from './circuit.js';
import { FactBacklog } from './fact-backlog.js';
import { FactConsumers } from './fact-consumers.js';
import { factMetrics } from './fact-metrics.js';
import { FactPublisher } from './fact-publisher.js';
import { Housekeeping } from './housekeeping.js';
import { HousekeepingStore } from './housekeeping.store.js';
import { IdempotencyStore } from '../idempotency/index.js';
import { Inbox } from './inbox.js';
import { Outbox } from './outbox.js';
import { OutboxStore } from './outbox.store.js';
import { Parking } from './parking.js';
import { PublishedMarks } from './published-marks.js';
import { Relay } from './relay.js';
import { streamBoundsDefault, type StreamBounds } from './streams.js';

const readyWithinMs = 10_000;

export interface FactsGround {
  context: Context;
  link: NatsLink;
  database: Database;
  clock: Clock;
  logger: Logger;
  metrics: Metrics;
  bounds?: StreamBounds;
}

/** Everything of a service that publishes or reads facts, put together in one place. */
export class Facts {
  readonly outbox: Outbox;
  readonly inbox = new Inbox();
  readonly relay: Relay;
  readonly backlog: FactBacklog;
  private readonly publisher: FactPublisher;
  private readonly audience: Audience;
  private readonly consumers: FactConsumers;
  private readonly housekeeping: Housekeeping;

  constructor(ground: FactsGround) {
    const { context, link, database, clock, logger } = ground;
    const bounds = ground.bounds ?? streamBoundsDefault;
    const metrics = factMetrics(ground.metrics);
    const store = new OutboxStore(database);
    const waits = new AppliedWaits(new CourtesyCircuit());
    const parking = new Parking(database, metrics);
    const marks = new PublishedMarks(store, logger);
    this.publisher = new FactPublisher({ context, link, marks, waits, metrics, logger, bounds });
    this.audience = new Audience(context, link, logger);
    this.backlog = new FactBacklog(context, link);
    this.relay = new Relay({ context, pool: database.pool, link, metrics, logger });
    this.consumers = new FactConsumers(context, { link, logger, parking, metrics, bounds });
    const replies = new IdempotencyStore(clock);
    const recordedReplies = { purge: (rowsMax: number) => replies.purge(database, rowsMax) };
    this.housekeeping = new Housekeeping(new HousekeepingStore(database), recordedReplies, parking, this.relay, logger);
    const { publisher, audience } = this;
    this.outbox = new Outbox({ context, clock, link, store, publisher, audience, waits, metrics });
  }

  /**
   * `discovery` finds the `@HandleFacts` methods. Resolves when streams and consumers stand, or after a bounded time:
   * a broker without JetStream must not keep a service from answering requests, and we go on trying.
   */
  async start(discovery: DiscoveryService): Promise<void> {
    this.relay.start();
    this.housekeeping.start();
    const publishing = this.publisher.start().then(() => this.audience.start());
    await atMost(readyWithinMs, Promise.all([publishing, this.consumers.start(discovery)]));
  }

  /** Takes nothing new and finishes what is in hand; requests in flight may still publish. */
  async stopTaking(): Promise<void> {
    await Promise.all([this.consumers.stop(), this.relay.stop(), this.housekeeping.stop()]);
  }

  /** Last, before the connections close: writes what is still to be marked. */
  async close(): Promise<void> {
    await this.stopTaking();
    this.audience.stop();
    await this.publisher.stop();
  }
}

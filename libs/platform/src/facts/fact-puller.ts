import { createInbox, nanos, type Msg, type NatsConnection, type Subscription } from '@nats-io/transport-node';
import { Delivery } from './delivery.js';

/** How long one pull stays open at the broker, and how often it says "still here" while nothing arrives. */
const pullExpiresMs = 30_000;
const heartbeatMs = 2_000;
/** Two heartbeats missed and a bit: the consumer, the stream or the broker is gone. */
const silenceMaxMs = 5_000;
/** Envelopes taken from the broker ahead of the handler. */
const envelopesAheadMin = 64;
const envelopesAheadMax = 1_000;

const status = { heartbeat: 100, nothingNow: 404, expired: 408 } as const;

interface Pull {
  inbox: string;
  left: number;
}

/** What is pulled from: a durable and its stream. */
export interface PullSource {
  stream: string;
  durable: string;
}

/** Keeps the next envelopes of one durable at hand, so that a batch is whatever arrived during the one before. */
export class FactPuller {
  private readonly inbox = createInbox();
  private readonly subscription: Subscription;
  private readonly watchdog: NodeJS.Timeout;
  private readonly ahead: number;
  private arrived: Delivery[] = [];
  private pulls: Pull[] = [];
  private pullsMade = 0;
  private heardAtMs = performance.now();
  private lostBecause: string | null = null;
  private drained: Promise<void> = Promise.resolve();
  private wake: (() => void) | null = null;

  constructor(
    private readonly nats: NatsConnection,
    private readonly source: PullSource,
    batchFacts: number,
  ) {
    this.ahead = Math.min(envelopesAheadMax, Math.max(envelopesAheadMin, 2 * batchFacts));
    const callback = (error: Error | null, message: Msg): void => this.hear(error, message);
    this.subscription = nats.subscribe(`${this.inbox}.*`, { callback });
    this.watchdog = setInterval(() => this.watch(), heartbeatMs);
    this.refill();
  }

  /** Why nothing will come any more, or null. */
  get lost(): string | null {
    return this.lostBecause;
  }

  /** What waits here, oldest first. */
  get waiting(): readonly Delivery[] {
    return this.arrived;
  }

  /** Resolves when something has arrived, or nothing will any more. */
  async ready(): Promise<void> {
    if (this.arrived.length > 0 || this.lostBecause !== null) return;
    await new Promise<void>((resolve) => (this.wake = resolve));
  }

  /** Everything that has arrived, up to `factsMax` facts; an envelope is never cut. */
  take(factsMax: number): Delivery[] {
    let facts = 0;
    let end = 0;
    while (end < this.arrived.length && (end === 0 || facts + this.factsAt(end) <= factsMax)) {
      facts += this.factsAt(end);
      end += 1;
    }
    const taken = this.arrived.splice(0, end);
    this.refill();
    return taken;
  }

  /** Asks for no more; `reason` is what `lost` tells. */
  stop(reason: string): void {
    if (this.lostBecause !== null) return;
    this.lostBecause = reason;
    clearInterval(this.watchdog);
    this.drained = this.subscription.drain().catch(() => undefined);
    this.rouse();
  }

  /** Resolves when nothing more can arrive: what the broker had sent before it saw us leave is in `waiting` then. */
  async ended(): Promise<void> {
    await this.drained;
  }

  private factsAt(index: number): number {
    return this.arrived[index]?.factCount ?? 0;
  }

  private hear(error: Error | null, message: Msg): void {
    if (error !== null) return this.stop(error.message);
    this.heardAtMs = performance.now();
    if (message.subject.startsWith(this.inbox)) return this.hearStatus(message);
    this.arrived.push(new Delivery(message));
    this.countArrival();
    this.refill();
    this.rouse();
  }

  private hearStatus(message: Msg): void {
    const code = message.headers?.code;
    if (code === status.heartbeat) return;
    if (code !== status.expired && code !== status.nothingNow)
      return this.stop(message.headers?.status ?? 'unknown status');
    this.pulls = this.pulls.filter((pull) => pull.inbox !== message.subject);
    this.refill();
  }

  /** The broker serves the oldest pull first. */
  private countArrival(): void {
    const [oldest] = this.pulls;
    if (oldest === undefined) return;
    oldest.left -= 1;
    if (oldest.left === 0) this.pulls.shift();
  }

  private refill(): void {
    if (this.lostBecause !== null || this.nats.isClosed()) return;
    const expected = this.pulls.reduce((sum, pull) => sum + pull.left, 0);
    const covered = expected + this.arrived.length;
    // Asking for every single one would double the messages.
    if (covered > this.ahead / 2) return;
    this.pull(this.ahead - covered);
  }

  private pull(batch: number): void {
    this.pullsMade += 1;
    const inbox = `${this.inbox}.${this.pullsMade}`;
    this.pulls.push({ inbox, left: batch });
    const ask = { batch, expires: nanos(pullExpiresMs), idle_heartbeat: nanos(heartbeatMs) };
    const subject = `$JS.API.CONSUMER.MSG.NEXT.${this.source.stream}.${this.source.durable}`;
    this.nats.publish(subject, JSON.stringify(ask), { reply: inbox });
  }

  private watch(): void {
    if (this.pulls.length === 0) this.heardAtMs = performance.now();
    else if (performance.now() - this.heardAtMs > silenceMaxMs) this.stop('heartbeats missed');
  }

  private rouse(): void {
    this.wake?.();
    this.wake = null;
  }
}

import { connect, type NatsConnection } from '@nats-io/transport-node';
import { wallClockMs } from './wall-clock.js';

/** How long a starting process waits for the broker before it gives up with a clear sentence. */
const connectWithinMsDefault = 30_000;
const firstConnectRetryMs = 250;
const dialTimeoutMs = 5_000;
/** Reconnects go on for ever; the pause grows with the length of the outage, between these bounds. */
const reconnectPauseMsMin = 50;
const reconnectPauseMsMax = 2_000;
/** A broker that is silent for two of these is gone, even when its socket still looks open. */
const pingIntervalMs = 10_000;

export interface NatsLinkOptions {
  url: string;
  /** Shown in the broker's connection list. */
  name: string;
  connectWithinMs?: number;
}

/** The process's one connection to NATS, and whether it can be used at this moment. */
export class NatsLink {
  private up = true;
  private readonly reconnectListeners = new Set<() => void>();
  private departing: (() => void)[] = [];

  private constructor(
    readonly nats: NatsConnection,
    private readonly outage: Outage,
  ) {
    void this.follow();
  }

  static async open(options: NatsLinkOptions): Promise<NatsLink> {
    const outage = new Outage();
    const giveUpAtMs = wallClockMs() + (options.connectWithinMs ?? connectWithinMsDefault);
    for (;;) {
      try {
        return new NatsLink(await dial(options, outage), outage);
      } catch (error) {
        if (wallClockMs() >= giveUpAtMs) throw new Error(`NATS at ${options.url} cannot be reached`, { cause: error });
        await new Promise((resolve) => setTimeout(resolve, firstConnectRetryMs));
      }
    }
  }

  /** False while the broker is away: requests then fail at once instead of waiting for their deadline. */
  get connected(): boolean {
    return this.up;
  }

  /** False once the connection is being closed for good. */
  get canPublish(): boolean {
    return !this.nats.isClosed() && !this.nats.isDraining();
  }

  /**
   * Publishes when this turn of the event loop ends, with all others of the turn: they leave in one write, where the
   * driver by itself would make one for each socket that was read. `publish` must not throw.
   */
  together(publish: () => void): void {
    if (this.departing.push(publish) === 1) setImmediate(() => this.depart());
  }

  /** What was missed while disconnected is lost to core subscriptions; caches are flushed here. Returns how to stop. */
  onReconnect(listener: () => void): () => void {
    this.reconnectListeners.add(listener);
    return () => this.reconnectListeners.delete(listener);
  }

  /** Sends what is buffered, then closes. Safe to call twice and while the broker is away. */
  async close(): Promise<void> {
    if (this.nats.isClosed()) return;
    this.depart();
    if (this.up) await this.nats.drain().catch(() => undefined);
    await this.nats.close();
    this.up = false;
  }

  private depart(): void {
    const publishes = this.departing;
    this.departing = [];
    for (const publish of publishes) publish();
  }

  private async follow(): Promise<void> {
    for await (const status of this.nats.status()) {
      if (status.type === 'disconnect') this.lost();
      if (status.type === 'reconnect') this.regained();
    }
    this.up = false;
  }

  private lost(): void {
    this.up = false;
    this.outage.begin();
  }

  private regained(): void {
    this.up = true;
    this.outage.end();
    for (const listener of this.reconnectListeners) listener();
  }
}

/** Turns the length of an outage into the pause before the next dial. */
class Outage {
  private sinceMs: number | null = null;

  begin(): void {
    this.sinceMs ??= wallClockMs();
  }

  end(): void {
    this.sinceMs = null;
  }

  pauseMs(): number {
    const lastedMs = this.sinceMs === null ? 0 : wallClockMs() - this.sinceMs;
    const pauseMs = Math.min(reconnectPauseMsMax, Math.max(reconnectPauseMsMin, lastedMs / 4));
    return Math.ceil(pauseMs * (1 + Math.random() / 4));
  }
}

function dial(options: NatsLinkOptions, outage: Outage): Promise<NatsConnection> {
  return connect({
    servers: options.url.split(','),
    name: options.name,
    timeout: dialTimeoutMs,
    maxReconnectAttempts: -1,
    reconnectDelayHandler: () => outage.pauseMs(),
    pingInterval: pingIntervalMs,
  });
}

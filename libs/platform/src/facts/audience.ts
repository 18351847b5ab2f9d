import type { Context } from '@kraty/contracts/common';
import type { Logger } from '../logging/index.js';
import type { NatsLink } from '../messaging/index.js';
import { readerOf, readsOf } from './consumer-name.js';
import { durablesOf, streamOf } from './streams.js';
import type { StagedEnvelope } from './envelopes.js';
import type { Awaited } from './applied-waits.js';

/**
 * Which contexts read which of our facts, learned from the broker: so that a caller who waits for a context waits for
 * the envelopes that context reads, and not for those it will never see.
 */
export class Audience {
  private readonly readers = new Map<string, Set<Context>>();
  private stops: (() => void)[] = [];

  constructor(
    private readonly producer: Context,
    private readonly link: NatsLink,
    private readonly logger: Logger,
  ) {}

  /** Reads the list once, then follows the broker's own notices. */
  async start(): Promise<void> {
    const subject = `$JS.EVENT.ADVISORY.CONSUMER.CREATED.${streamOf(this.producer)}.*`;
    const callback = (error: Error | null, message: { subject: string }): void => {
      if (error === null) this.add(message.subject.split('.').at(-1) ?? '');
    };
    const subscription = this.link.nats.subscribe(subject, { callback });
    this.stops = [() => subscription.unsubscribe(), this.link.onReconnect(() => void this.load())];
    await this.load();
  }

  stop(): void {
    for (const stop of this.stops.splice(0)) stop();
  }

  /**
   * For each context the envelopes it reads; all of them for one that has not been seen yet. A context that reads
   * others of our facts but none of these is left out: it would be late every time, and be waited for less and less.
   */
  awaited(contexts: readonly Context[], envelopes: readonly StagedEnvelope[]): Awaited {
    const awaited = new Map<Context, string[]>();
    for (const context of contexts) {
      const read = this.hasSeen(context) ? envelopes.filter(({ subject }) => this.isRead(subject, context)) : envelopes;
      if (read.length > 0)
        awaited.set(
          context,
          read.map(({ id }) => id),
        );
    }
    return awaited;
  }

  private hasSeen(context: Context): boolean {
    return [...this.readers.values()].some((contexts) => contexts.has(context));
  }

  private isRead(subject: string, context: Context): boolean {
    return this.readers.get(readsOf(subject))?.has(context) ?? false;
  }

  private async load(): Promise<void> {
    try {
      for (const durable of await durablesOf(this.link.nats, this.producer)) this.add(durable);
    } catch (error) {
      this.logger.debug({ err: error }, 'the readers of our facts cannot be listed for now');
    }
  }

  private add(durable: string): void {
    const reader = readerOf(durable);
    if (reader === null) return;
    const known = this.readers.get(reader.reads);
    if (known === undefined) this.readers.set(reader.reads, new Set([reader.context]));
    else known.add(reader.context);
  }
}

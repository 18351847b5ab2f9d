import type { Context } from '@kraty/contracts/common';
import type { AppliedNotice, Fact } from '@kraty/contracts/messages';
import type { Logger } from '../logging/index.js';
import type { NatsLink } from '../messaging/index.js';
import { inSpan } from '../telemetry/index.js';
import type { Delivery } from './delivery.js';
import type { FactMetrics } from './fact-metrics.js';
import { FactPuller } from './fact-puller.js';
import { judge, type Verdict } from './judge.js';
import { isOutage } from './outage.js';
import type { Parking } from './parking.js';
import { Patience } from './patience.js';
import { ackWaitMs, ensureDurable, ensureStream, streamOf, type StreamBounds } from './streams.js';

/** Work that may take longer than the broker waits is announced this often. */
const keepAliveMs = ackWaitMs / 3;

/** One durable: which facts, who applies them, and whether publishers wait for it. */
export interface ConsumerSpec {
  context: Context;
  producer: Context;
  durable: string;
  filter: string;
  batchFacts: number;
  announces: boolean;
  apply: (facts: Fact<unknown>[]) => Promise<void>;
}

export interface ConsumerGround {
  link: NatsLink;
  logger: Logger;
  parking: Parking;
  metrics: FactMetrics;
  bounds: StreamBounds;
}

/** Takes the facts of one durable in order, batch after batch, and decides the fate of every message. */
export class FactConsumer {
  private readonly patience = new Patience();
  private readonly stopped = new AbortController();
  private running: Promise<void> = Promise.resolve();
  private puller: FactPuller | null = null;
  private inHand: Delivery[] = [];
  private markReady: () => void = () => undefined;

  constructor(
    private readonly spec: ConsumerSpec,
    private readonly ground: ConsumerGround,
  ) {}

  /** Resolves when the durable exists for the first time; goes on trying in the background until it does. */
  start(): Promise<void> {
    const ready = new Promise<void>((resolve) => (this.markReady = resolve));
    this.running = this.run();
    return ready;
  }

  /** Stops pulling, finishes the batch in hand, gives back what it has not begun. */
  async stop(): Promise<void> {
    this.stopped.abort();
    this.puller?.stop('stopping');
    await this.running;
  }

  private get stopping(): boolean {
    return this.stopped.signal.aborted;
  }

  private async run(): Promise<void> {
    const offReconnect = this.ground.link.onReconnect(() => this.puller?.stop('reconnected'));
    const keepingAlive = setInterval(() => this.keepAlive(), keepAliveMs);
    while (!this.stopping) {
      await this.consumeUntilLost().catch((error: unknown) => this.report(error));
      if (!this.stopping) await this.patience.wait(this.stopped.signal);
    }
    clearInterval(keepingAlive);
    offReconnect();
    this.markReady();
  }

  /** Declares stream and durable anew each time: whoever deleted them, we go on. */
  private async consumeUntilLost(): Promise<void> {
    const { nats } = this.ground.link;
    const { producer, durable, filter, batchFacts } = this.spec;
    await ensureStream(nats, producer, this.ground.bounds);
    await ensureDurable(nats, producer, durable, filter);
    if (this.stopping) return;
    const puller = new FactPuller(nats, { stream: streamOf(producer), durable }, batchFacts);
    this.puller = puller;
    this.markReady();
    try {
      await this.consume(puller);
    } finally {
      await this.leave(puller);
    }
  }

  /** What arrived before the loss is still applied: the broker counts it as handed out. */
  private async consume(puller: FactPuller): Promise<void> {
    while (!this.stopping) {
      await puller.ready();
      if (puller.waiting.length === 0 || this.stopping) break;
      this.inHand = puller.take(this.spec.batchFacts);
      await this.settle(this.inHand);
      this.inHand = [];
      this.patience.restore();
    }
    if (this.stopping) return;
    this.ground.logger.warn(
      { durable: this.spec.durable, reason: puller.lost },
      'a consumer was lost and is made anew',
    );
  }

  /** What was taken and not settled goes to another instance at once instead of after the acknowledgement time. */
  private async leave(puller: FactPuller): Promise<void> {
    puller.stop('left');
    await puller.ended();
    const unsettled = [...this.inHand, ...puller.waiting].filter((delivery) => !delivery.settled);
    this.inHand = [];
    this.puller = null;
    if (this.ground.link.nats.isClosed()) return;
    for (const delivery of unsettled) delivery.again();
  }

  private async settle(deliveries: Delivery[]): Promise<void> {
    const readable = deliveries.filter((delivery) => delivery.envelope !== null);
    for (const delivery of deliveries) if (delivery.envelope === null) await this.parkWhole(delivery);
    const error = await this.tryFacts(readable.flatMap(factsOf), readable[0]);
    if (error === undefined) return this.confirm(readable);
    const [only] = readable;
    // What failed alone is not tried a second time just to see it fail.
    const [fact] = only === undefined ? [] : factsOf(only);
    if (readable.length === 1 && only?.factCount === 1 && fact !== undefined) {
      return this.conclude(only, [await this.judged(only, fact, error)]);
    }
    for (const delivery of readable) await this.settleOneByOne(delivery);
  }

  /** A single poisoned fact must not hold back the good ones around it. */
  private async settleOneByOne(delivery: Delivery): Promise<void> {
    const verdicts: Verdict[] = [];
    for (const fact of factsOf(delivery)) {
      const error = await this.tryFacts([fact], delivery);
      verdicts.push(await this.judged(delivery, fact, error));
    }
    this.conclude(delivery, verdicts);
  }

  private async judged(delivery: Delivery, fact: Fact<unknown>, error: unknown): Promise<Verdict> {
    const verdict = judge(error, delivery.count);
    if (verdict.kind === 'park') await this.park(delivery, fact, verdict.reason);
    if (verdict.kind === 'retry') this.report(error);
    return verdict;
  }

  /** One fact to be tried again brings its whole envelope again; handlers know what they have applied. */
  private conclude(delivery: Delivery, verdicts: Verdict[]): void {
    const retryAfterMs = verdicts.map((verdict) => (verdict.kind === 'retry' ? verdict.afterMs : 0));
    const afterMs = Math.max(0, ...retryAfterMs);
    if (afterMs > 0) return this.retry(delivery, afterMs);
    if (verdicts.every((verdict) => verdict.kind === 'done')) return this.confirm([delivery]);
    // Parked: settled for the broker, but nobody is told that it was applied.
    delivery.ack();
  }

  /** The error of the handler, or undefined. While the store behind it is away, waits and tries again. */
  private async tryFacts(facts: Fact<unknown>[], first: Delivery | undefined): Promise<unknown> {
    if (facts.length === 0) return undefined;
    return this.outlasting(async () => {
      try {
        await inSpan(this.spec.durable, 'consumer', first?.headers, () => this.spec.apply(facts));
        return undefined;
      } catch (error) {
        if (isOutage(error)) throw error;
        return error ?? new Error('a handler threw nothing');
      }
    });
  }

  /** Repeats work that fails only because something is away, until it is back or we are told to stop. */
  private async outlasting<T>(work: () => Promise<T>): Promise<T> {
    for (;;) {
      try {
        return await work();
      } catch (error) {
        if (this.stopping) throw error;
        this.report(error);
        await this.patience.wait(this.stopped.signal);
      }
    }
  }

  /** After the handler's commit, never before: acknowledge, and tell those who wait. */
  private confirm(deliveries: Delivery[]): void {
    for (const delivery of deliveries) delivery.ack();
    this.ground.metrics.applied.labels(this.spec.durable).inc(deliveries.reduce((sum, one) => sum + one.factCount, 0));
    if (this.spec.announces) this.announce(deliveries);
  }

  private announce(deliveries: Delivery[]): void {
    const idsByTarget = new Map<string, string[]>();
    for (const { appliedTo, envelope } of deliveries) {
      if (appliedTo === undefined || envelope === null) continue;
      const ids = idsByTarget.get(appliedTo);
      if (ids === undefined) idsByTarget.set(appliedTo, [envelope.id]);
      else ids.push(envelope.id);
    }
    for (const [target, envelopeIds] of idsByTarget) {
      const notice: AppliedNotice = { context: this.spec.context, envelopeIds };
      this.ground.link.nats.publish(target, JSON.stringify(notice));
    }
  }

  private retry(delivery: Delivery, afterMs: number): void {
    delivery.again(afterMs);
    this.ground.metrics.retried.labels(this.spec.durable).inc();
  }

  private async park(delivery: Delivery, fact: Fact<unknown>, reason: string): Promise<void> {
    const payload = JSON.stringify({ id: delivery.envelope?.id, subject: delivery.subject, facts: [fact] });
    await this.store(delivery, { key: fact.id, payload, reason });
  }

  private async parkWhole(delivery: Delivery): Promise<void> {
    const key = `${streamOf(this.spec.producer)}/${delivery.streamPosition}`;
    await this.store(delivery, { key, payload: delivery.text, reason: 'undecodable' });
    delivery.ack();
  }

  private async store(delivery: Delivery, what: { key: string; payload: string; reason: string }): Promise<void> {
    const { durable } = this.spec;
    const { subject, headers, count } = delivery;
    // What cannot be parked must not be acknowledged either: whatever the error, it is tried until it works.
    await this.outlasting(() =>
      this.ground.parking.park({ consumer: durable, subject, headers, deliveries: count, ...what }),
    );
    this.ground.logger.error({ durable, subject, reason: what.reason }, 'a fact was parked');
  }

  private keepAlive(): void {
    const olderThanMs = performance.now() - keepAliveMs;
    for (const delivery of [...this.inHand, ...(this.puller?.waiting ?? [])]) {
      if (delivery.takenAtMs <= olderThanMs && !delivery.settled) delivery.working();
    }
  }

  private report(error: unknown): void {
    this.ground.logger.warn({ err: error, durable: this.spec.durable }, 'a consumer cannot go on for now');
  }
}

const factsOf = (delivery: Delivery): Fact<unknown>[] => delivery.envelope?.facts ?? [];

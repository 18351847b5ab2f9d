import { createInbox, headers as newHeaders, type Msg, type MsgHdrs, type Subscription } from '@nats-io/transport-node';
import type { Context } from '@kraty/contracts/common';
import { messageHeaders, type AppliedNotice } from '@kraty/contracts/messages';
import type { Logger } from '../logging/index.js';
import type { NatsLink } from '../messaging/index.js';
import { injectTrace } from '../telemetry/index.js';
import type { AppliedWaits } from './applied-waits.js';
import type { StagedEnvelope } from './envelopes.js';
import type { FactMetrics } from './fact-metrics.js';
import { Patience } from './patience.js';
import type { PublishedMarks } from './published-marks.js';
import { ensureStream, type StreamBounds } from './streams.js';

const messageIdHeader = 'Nats-Msg-Id';
const noRespondersCode = 503;

export interface PublisherGround {
  context: Context;
  link: NatsLink;
  marks: PublishedMarks;
  waits: AppliedWaits;
  metrics: FactMetrics;
  logger: Logger;
  bounds: StreamBounds;
}

/**
 * Publishes what was just committed. It waits for nothing: acknowledgements come back on one subscription and are
 * marked in the background, and one that never comes leaves a row that the relay will find.
 */
export class FactPublisher {
  private readonly ackInbox = createInbox();
  private readonly appliedInbox = createInbox();
  private readonly stopped = new AbortController();
  private subscriptions: Subscription[] = [];
  private declaring: Promise<void> | null = null;

  constructor(private readonly ground: PublisherGround) {}

  async start(): Promise<void> {
    const { nats } = this.ground.link;
    this.subscriptions = [
      nats.subscribe(`${this.ackInbox}.*`, { callback: (error, ack) => void (error ?? this.hearAck(ack)) }),
      nats.subscribe(this.appliedInbox, { callback: (error, notice) => void (error ?? this.hearApplied(notice)) }),
    ];
    await this.declareStream();
  }

  async stop(): Promise<void> {
    this.stopped.abort();
    for (const subscription of this.subscriptions.splice(0)) subscription.unsubscribe();
    await this.ground.marks.flush();
  }

  /** False when the broker is away: then nothing was sent, and nobody need wait. */
  publish(envelopes: readonly StagedEnvelope[], announce: boolean): boolean {
    const { link, metrics, logger } = this.ground;
    if (!link.connected || link.nats.isClosed() || link.nats.isDraining()) return false;
    for (const { id, subject, payload } of envelopes) {
      try {
        link.nats.publish(subject, payload, { headers: this.headersOf(id, announce), reply: `${this.ackInbox}.${id}` });
      } catch (error) {
        // Too large for the broker, for instance: the relay meets it again and shows it as lag.
        logger.error({ err: error, envelope: id, subject }, 'an envelope cannot be published');
      }
    }
    metrics.published.labels('commit').inc(envelopes.length);
    return true;
  }

  private headersOf(envelopeId: string, announce: boolean): MsgHdrs {
    const headers = newHeaders();
    headers.append(messageIdHeader, envelopeId);
    if (announce) headers.append(messageHeaders.appliedTo, this.appliedInbox);
    injectTrace(headers);
    return headers;
  }

  private hearAck(ack: Msg): void {
    if (ack.headers?.code === noRespondersCode) return void this.declareStream();
    // An acknowledgement that is an error names it; the row stays for the relay.
    if (isStored(ack)) this.ground.marks.add(ack.subject.slice(this.ackInbox.length + 1));
  }

  private hearApplied(message: Msg): void {
    const notice = parsed<AppliedNotice>(message);
    if (notice !== null) this.ground.waits.notice(notice);
  }

  /** Someone deleted the stream, or JetStream is not up yet: declared again until it stands, once at a time. */
  private declareStream(): Promise<void> {
    this.declaring ??= this.declare().finally(() => (this.declaring = null));
    return this.declaring;
  }

  private async declare(): Promise<void> {
    const { link, context, bounds, logger } = this.ground;
    const patience = new Patience();
    while (!this.stopped.signal.aborted) {
      try {
        return await ensureStream(link.nats, context, bounds);
      } catch (error) {
        logger.warn({ err: error, context }, 'the stream of our facts cannot be declared for now');
        await patience.wait(this.stopped.signal);
      }
    }
  }
}

function isStored(ack: Msg): boolean {
  const answer = parsed<{ seq?: number; error?: unknown }>(ack);
  return answer !== null && answer.error === undefined && answer.seq !== undefined;
}

function parsed<T>(message: Msg): T | null {
  try {
    return message.json<T>();
  } catch {
    return null;
  }
}

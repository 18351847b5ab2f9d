import type { Msg, Subscription } from '@nats-io/transport-node';
import {
  messageHeaders,
  type Fact,
  type FactEnvelope,
  type FactType,
  type RequestRoute,
} from '@kraty/contracts/messages';
import { currentRequestId, type Logger } from '../logging/index.js';
import { injectTrace, inSpan, tracingEnabled } from '../telemetry/index.js';
import type { NatsLink } from './nats-link.js';
import { ReplyInbox } from './reply-inbox.js';
import type { RawReply } from './reply.js';
import { type Answer, bodyText, parseBody, unavailable } from './wire.js';
import { wallClockMs } from './wall-clock.js';

/** Nobody waits longer than this for another context unless the caller says so. */
export const requestDeadlineMsDefault = 5_000;

export interface RequestOptions {
  /** How long the caller waits, from now. */
  deadlineMs?: number;
  signal?: AbortSignal;
}

/** How to end a subscription. */
export type Stop = () => void;

/** The only way to call another context, and to hear what is said to everyone. */
export class Messenger {
  private inbox: ReplyInbox | null = null;

  constructor(
    private readonly link: NatsLink,
    private readonly logger: Logger,
  ) {}

  /** False while the broker is away. */
  get connected(): boolean {
    return this.link.connected;
  }

  async request<Q, R>(route: RequestRoute<Q, R>, body: Q, options: RequestOptions = {}): Promise<R> {
    const answer = await this.exchange(route.subject, body, options);
    return parseBody(answer.bytes) as R;
  }

  /** The answer's bytes untouched, for a caller that passes them on; failures are thrown as by `request`. */
  async requestRaw<Q>(route: RequestRoute<Q, unknown>, body: Q, options: RequestOptions = {}): Promise<RawReply> {
    const { status, replayed, bytes } = await this.exchange(route.subject, body, options);
    return { status, replayed, bytes };
  }

  /** Tells everyone who listens right now; at most once, lost while the broker is away. */
  broadcast(subject: string, payload: unknown): void {
    if (this.link.connected) this.link.nats.publish(subject, bodyText(payload));
  }

  listen<P>(subject: string, callback: (payload: P, subject: string) => void): Stop {
    const subscription: Subscription = this.link.nats.subscribe(subject, {
      callback: (error, message) => {
        if (error === null) this.hear(message, callback);
      },
    });
    return () => subscription.unsubscribe();
  }

  /**
   * Hears facts as they pass, at most once, for dropping cache entries; effects belong in `@HandleFacts`.
   * Facts that pass while the broker is away are missed: pair it with `onReconnect`.
   */
  onFact<P>(type: FactType<P>, callback: (fact: Fact<P>) => void): Stop {
    const subject = type.partitions > 1 ? `${type.subject}.*` : type.subject;
    return this.listen<FactEnvelope>(subject, (envelope) => {
      for (const fact of envelope.facts) callback(fact as Fact<P>);
    });
  }

  /** Called after each reconnect: whatever was heard only by `listen` or `onFact` may be stale now. */
  onReconnect(callback: () => void): Stop {
    return this.link.onReconnect(callback);
  }

  /** An error thrown here would end the driver's reading loop, and with it every other subscription. */
  private hear<P>(message: Msg, callback: (payload: P, subject: string) => void): void {
    try {
      callback(parseBody(message.data) as P, message.subject);
    } catch (error) {
      this.logger.error({ err: error, subject: message.subject }, 'a listener failed');
    }
  }

  private exchange(subject: string, body: unknown, options: RequestOptions): Promise<Answer> {
    if (!tracingEnabled()) return this.ask(subject, body, options);
    return inSpan(subject, 'client', undefined, () => this.ask(subject, body, options));
  }

  private ask(subject: string, body: unknown, options: RequestOptions): Promise<Answer> {
    if (!this.link.connected || !this.link.canPublish) throw unavailable(`${subject}: the broker is away`);
    const timeoutMs = options.deadlineMs ?? requestDeadlineMsDefault;
    if (timeoutMs < 1) throw unavailable(`${subject}: the deadline has passed`);
    this.inbox ??= new ReplyInbox(this.link, this.logger);
    const asking = this.inbox.ask({ subject, text: bodyText(body), headers: requestHeaders(timeoutMs), timeoutMs });
    return options.signal === undefined ? asking : orAborted(asking, options.signal);
  }
}

function requestHeaders(timeoutMs: number): Record<string, string> {
  const headers: Record<string, string> = { [messageHeaders.deadline]: String(wallClockMs() + timeoutMs) };
  const requestId = currentRequestId();
  if (requestId !== undefined) headers[messageHeaders.requestId] = requestId;
  injectTrace(headers);
  return headers;
}

/** Stops waiting when the caller is gone; the request is forgotten at its deadline. */
function orAborted(asking: Promise<Answer>, signal: AbortSignal): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(unavailable('the caller has left', signal.reason));
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    void asking.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}

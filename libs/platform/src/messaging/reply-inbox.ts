import { createInbox, headers as newHeaders, type Msg, type MsgHdrs } from '@nats-io/transport-node';
import { currentRequestId, type Logger } from '../logging/index.js';
import { bundleHeaders, bundlesInbox, isBundle, readReplies, writeQuestions } from './bundle.js';
import { Departures } from './departures.js';
import type { NatsLink } from './nats-link.js';
import { type Answer, answerOf, failureOf, unavailable, underId } from './wire.js';

/** Deadlines are looked at this often while somebody waits: one timer for all, as late as this at most. */
const lookEveryMs = 10;
const noRespondersCode = 503;

interface Waiting {
  subject: string;
  /** Of the caller: that nothing came is found out in a turn of other requests, or of none. */
  requestId: string | undefined;
  /** Of the process's own clock: one that is set anew must neither end all waits nor prolong them. */
  dueAtMs: number;
  resolve: (answer: Answer) => void;
  reject: (error: unknown) => void;
}

export interface Question {
  subject: string;
  text: string;
  headers: Record<string, string>;
  /** How long the caller waits, from now. */
  timeoutMs: number;
}

/** A question that has not left yet. */
interface Asked {
  text: string;
  headers: Record<string, string>;
  asker: Waiting;
}

/**
 * The replies to all requests of this process come in on one subscription. The driver has the like, but makes a timer,
 * an error with its stack and a race of promises for each request, which costs more than sending it.
 *
 * Askers are numbered when their questions leave, one after the other in a bundle: the reply subject of a bundle names
 * the first and the last of them, for the broker's word that nobody serves the subject.
 */
export class ReplyInbox {
  private readonly prefix = bundlesInbox(createInbox());
  private readonly waiting = new Map<number, Waiting>();
  private readonly departures: Departures<Asked>;
  private asked = 0;
  private timer: NodeJS.Timeout | null = null;

  constructor(
    private readonly link: NatsLink,
    private readonly logger: Logger,
  ) {
    this.departures = new Departures(link, (subject, together) => this.depart(subject, together));
    link.nats.subscribe(`${this.prefix}*`, { callback: (error, reply) => void (error ?? this.hear(reply)) });
    void link.nats.closed().then(() => this.abandon());
  }

  /** Errors: `busy` when nobody serves the subject, or no answer came in time; the failure that the answer is. */
  ask({ subject, text, headers, timeoutMs }: Question): Promise<Answer> {
    return new Promise((resolve, reject) => {
      const dueAtMs = performance.now() + timeoutMs;
      const asker: Waiting = { subject, requestId: currentRequestId(), dueAtMs, resolve, reject };
      this.departures.add(subject, { text, headers, asker });
    });
  }

  private depart(subject: string, together: readonly Asked[]): void {
    const first = this.asked;
    for (const { asker } of together) this.waiting.set(this.asked++, asker);
    this.timer ??= setInterval(() => this.look(), lookEveryMs);
    if (together.length > 1 && this.sendTogether(subject, together, first)) return;
    together.forEach((question, index) => this.sendAlone(subject, question, first + index));
  }

  /** False when the broker takes only smaller messages, or none any more. */
  private sendTogether(subject: string, together: readonly Asked[], first: number): boolean {
    const questions = together.map(({ headers, text }, index) => ({ token: String(first + index), headers, text }));
    const reply = `${this.prefix}${first}-${first + together.length - 1}`;
    try {
      this.link.nats.publish(subject, writeQuestions(questions), { reply, headers: bundleHeaders() });
      return true;
    } catch {
      return false;
    }
  }

  private sendAlone(subject: string, { text, headers }: Asked, token: number): void {
    try {
      this.link.nats.publish(subject, text, { reply: `${this.prefix}${token}`, headers: natsHeaders(headers) });
    } catch (error) {
      const asker = this.take(token);
      if (this.link.canPublish) asker?.reject(error);
      else if (asker) endWait(asker, 'the connection is closing', error);
    }
  }

  /** An error thrown here would end the driver's reading loop, and with it every other subscription. */
  private hear(reply: Msg): void {
    try {
      const name = reply.subject.slice(this.prefix.length);
      if (isRefusedByBroker(reply)) this.refuse(name);
      else if (isBundle(reply)) for (const [token, answer] of readReplies(reply.data)) this.settle(token, answer);
      else this.settle(name, answerOf(reply));
    } catch (error) {
      this.logger.error({ err: error, subject: reply.subject }, 'a reply cannot be read');
    }
  }

  private settle(token: string, answer: Answer): void {
    const asker = this.take(Number(token));
    if (asker === undefined) return;
    try {
      const failure = answer.isFailure ? underId(asker.requestId, () => failureOf(answer)) : null;
      if (failure === null) asker.resolve(answer);
      else asker.reject(failure);
    } catch (error) {
      asker.reject(error);
    }
  }

  /** `name` is the number of one asker, or those of the first and the last of a bundle. */
  private refuse(name: string): void {
    const [first, last = first] = name.split('-').map(Number);
    for (let token = first!; token <= last!; token += 1) {
      const asker = this.take(token);
      if (asker) endWait(asker, 'nobody serves it');
    }
  }

  private look(): void {
    const nowMs = performance.now();
    for (const [token, asker] of this.waiting) {
      if (asker.dueAtMs > nowMs) continue;
      this.take(token);
      endWait(asker, 'no answer in time');
    }
  }

  /** The connection is closed for good: no answer can come any more. */
  private abandon(): void {
    for (const [token, asker] of this.waiting) {
      this.take(token);
      endWait(asker, 'the connection is closed');
    }
  }

  private take(token: number): Waiting | undefined {
    const asker = this.waiting.get(token);
    this.waiting.delete(token);
    if (this.waiting.size === 0 && this.timer !== null) {
      clearInterval(this.timer);
      this.timer = null;
    }
    return asker;
  }
}

/** Tells an asker that no answer will come. */
function endWait({ subject, requestId, reject }: Waiting, why: string, cause?: unknown): void {
  underId(requestId, () => reject(unavailable(`${subject}: ${why}`, cause)));
}

const isRefusedByBroker = (reply: Msg): boolean => reply.data.length === 0 && reply.headers?.code === noRespondersCode;

function natsHeaders(plain: Record<string, string>): MsgHdrs {
  const headers = newHeaders();
  for (const name of Object.keys(plain)) headers.append(name, plain[name]!);
  return headers;
}

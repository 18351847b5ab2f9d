import { createInbox, type Msg, type MsgHdrs } from '@nats-io/transport-node';
import type { NatsLink } from './nats-link.js';
import { unavailable } from './wire.js';

/** Deadlines are looked at this often while somebody waits: one timer for all, as late as this at most. */
const lookEveryMs = 10;
const noRespondersCode = 503;

interface Waiting {
  subject: string;
  /** Of the process's own clock: one that is set anew must neither end all waits nor prolong them. */
  dueAtMs: number;
  resolve: (reply: Msg) => void;
  reject: (error: unknown) => void;
}

export interface Question {
  subject: string;
  text: string;
  headers: MsgHdrs;
  /** How long the caller waits, from now. */
  timeoutMs: number;
}

/**
 * The replies to all requests of this process come in on one subscription. The driver has the like, but makes a timer,
 * an error with its stack and a race of promises for each request, which costs more than sending it.
 */
export class ReplyInbox {
  private readonly prefix = `${createInbox()}.`;
  private readonly waiting = new Map<string, Waiting>();
  private asked = 0;
  private timer: NodeJS.Timeout | null = null;

  constructor(private readonly link: NatsLink) {
    link.nats.subscribe(`${this.prefix}*`, { callback: (error, reply) => void (error ?? this.hear(reply)) });
    void link.nats.closed().then(() => this.abandon());
  }

  /** Errors: `busy` when nobody serves the subject, or no answer came in time. */
  ask({ subject, text, headers, timeoutMs }: Question): Promise<Msg> {
    return new Promise((resolve, reject) => {
      const token = (this.asked++).toString(36);
      this.waiting.set(token, { subject, dueAtMs: performance.now() + timeoutMs, resolve, reject });
      this.timer ??= setInterval(() => this.look(), lookEveryMs);
      this.link.together(() => this.send(token, subject, text, headers));
    });
  }

  private send(token: string, subject: string, text: string, headers: MsgHdrs): void {
    try {
      this.link.nats.publish(subject, text, { reply: this.prefix + token, headers });
    } catch (error) {
      const isClosing = !this.link.canPublish;
      this.take(token)?.reject(isClosing ? unavailable(`${subject}: the connection is closing`, error) : error);
    }
  }

  private hear(reply: Msg): void {
    const asker = this.take(reply.subject.slice(this.prefix.length));
    if (asker === undefined) return;
    if (isRefusedByBroker(reply)) asker.reject(unavailable(`${asker.subject}: nobody serves it`));
    else asker.resolve(reply);
  }

  private look(): void {
    const nowMs = performance.now();
    for (const [token, { subject, dueAtMs }] of this.waiting) {
      if (dueAtMs <= nowMs) this.take(token)?.reject(unavailable(`${subject}: no answer in time`));
    }
  }

  /** The connection is closed for good: no answer can come any more. */
  private abandon(): void {
    for (const [token, { subject }] of this.waiting) {
      this.take(token)?.reject(unavailable(`${subject}: the connection is closed`));
    }
  }

  private take(token: string): Waiting | undefined {
    const asker = this.waiting.get(token);
    this.waiting.delete(token);
    if (this.waiting.size === 0 && this.timer !== null) {
      clearInterval(this.timer);
      this.timer = null;
    }
    return asker;
  }
}

const isRefusedByBroker = (reply: Msg): boolean => reply.data.length === 0 && reply.headers?.code === noRespondersCode;

import type { Msg, MsgHdrs } from '@nats-io/transport-node';
import { messageHeaders } from '@kraty/contracts/messages';
import { wallClockMs } from './wall-clock.js';

/** What a handler may want to know of a request besides its body (`@Ctx()`). */
export class RequestContext {
  private constructor(
    readonly subject: string,
    /** Epoch milliseconds after which nobody waits for the answer. */
    readonly deadlineAtMs: number,
    private readonly headers: MsgHdrs | undefined,
  ) {}

  static of(message: Msg): RequestContext {
    const headers = message.headers;
    const deadline = headers?.get(messageHeaders.deadline);
    return new RequestContext(message.subject, deadline ? Number(deadline) : Infinity, headers);
  }

  get requestId(): string | undefined {
    return this.headers?.get(messageHeaders.requestId) || undefined;
  }

  get traceparent(): string | undefined {
    return this.headers?.get(messageHeaders.traceparent) || undefined;
  }

  /** What is left for calls made on behalf of this request. */
  leftMs(): number {
    return Math.max(0, this.deadlineAtMs - wallClockMs());
  }
}

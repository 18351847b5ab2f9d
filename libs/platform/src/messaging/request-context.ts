import { messageHeaders } from '@kraty/contracts/messages';
import type { TakenRequest } from './taken-request.js';
import { wallClockMs } from './wall-clock.js';

/** What a handler may want to know of a request besides its body (`@Ctx()`). */
export class RequestContext {
  private constructor(
    readonly subject: string,
    /** Epoch milliseconds after which nobody waits for the answer. */
    readonly deadlineAtMs: number,
    private readonly headers: Readonly<Record<string, string>>,
  ) {}

  static of({ subject, headers }: TakenRequest): RequestContext {
    const deadline = headers[messageHeaders.deadline];
    return new RequestContext(subject, deadline ? Number(deadline) : Infinity, headers);
  }

  get requestId(): string | undefined {
    return this.headers[messageHeaders.requestId] || undefined;
  }

  get traceparent(): string | undefined {
    return this.headers[messageHeaders.traceparent] || undefined;
  }

  /** What is left for calls made on behalf of this request. */
  leftMs(): number {
    return Math.max(0, this.deadlineAtMs - wallClockMs());
  }
}

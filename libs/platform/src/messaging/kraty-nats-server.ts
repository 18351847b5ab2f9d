import { Server, type CustomTransportStrategy, type MessageHandler } from '@nestjs/microservices';
import type { Msg, NatsConnection, Subscription } from '@nats-io/transport-node';
import type { Context } from '@kraty/contracts/common';
import { isObservable, lastValueFrom } from 'rxjs';
import { runInRequest } from '../logging/index.js';
import { inSpan, type Metrics, tracingEnabled } from '../telemetry/index.js';
import type { NatsLink } from './nats-link.js';
import { Replies } from './replies.js';
import { RequestContext } from './request-context.js';
import { RouteMeter } from './route-meter.js';
import { type TakenRequest, requestsOf } from './taken-request.js';
import { failedReply, goodReply, unavailable, underId } from './wire.js';
import { wallClockMs } from './wall-clock.js';

/** Requests in work at once in one process; above it a caller is told "busy" at once instead of queueing blindly. */
export const requestsInFlightMaxDefault = 1_024;
/** How long a stopping process works on what it has taken. */
const finishWithinMs = 10_000;

export interface KratyNatsServerOptions {
  context: Context;
  requestsInFlightMax?: number;
  metrics?: Metrics;
}

interface ServedRoute {
  handler: MessageHandler;
  meter: RouteMeter;
}

/** Serves `@HandleRequest` methods: one queue subscription a route, shared by all instances of the context. */
export class KratyNatsServer extends Server implements CustomTransportStrategy {
  override transportId = Symbol('kraty-nats');
  private readonly subscriptions: Subscription[] = [];
  private readonly inFlightMax: number;
  private readonly replies: Replies;
  private inFlight = 0;
  private whenIdle: (() => void) | null = null;

  constructor(
    private readonly link: NatsLink,
    private readonly options: KratyNatsServerOptions,
  ) {
    super();
    this.inFlightMax = options.requestsInFlightMax ?? requestsInFlightMaxDefault;
    this.replies = new Replies(link, this.logger);
  }

  override listen(callback: (error?: unknown) => void): void {
    try {
      for (const [subject, handler] of this.messageHandlers) this.subscribe(subject, handler);
      // The broker knows the subscriptions once it has answered: only then is the service ready.
      void this.link.nats.flush().then(() => callback(), callback);
    } catch (error) {
      callback(error);
    }
  }

  /** Stops taking, then finishes what is in flight, for a bounded time. */
  override async close(): Promise<void> {
    await Promise.allSettled(this.subscriptions.splice(0).map((subscription) => subscription.drain()));
    if (this.inFlight === 0) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, finishWithinMs);
      this.whenIdle = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  override on(): never {
    throw new Error('connection events are told by NatsLink');
  }

  override unwrap<T = NatsConnection>(): T {
    return this.link.nats as T;
  }

  private subscribe(subject: string, handler: MessageHandler): void {
    const { context } = this.options;
    if (!subject.startsWith(`kraty.${context}.`)) throw new Error(`${subject} is not a request of ${context}`);
    const route: ServedRoute = { handler, meter: new RouteMeter(subject, this.options.metrics) };
    const callback = (error: Error | null, message: Msg): void => {
      if (error === null) this.take(message, route);
    };
    this.subscriptions.push(this.link.nats.subscribe(subject, { queue: context, callback }));
  }

  /** An error thrown here would end the driver's reading loop; who asked in a bundle nobody can read waits in vain. */
  private take(message: Msg, route: ServedRoute): void {
    try {
      for (const request of requestsOf(message)) this.begin(request, route);
    } catch (error) {
      this.logger.error(error);
    }
  }

  private begin(request: TakenRequest, route: ServedRoute): void {
    const context = RequestContext.of(request);
    // Nobody waits any more: an answer would be thrown away, and the work with it.
    if (context.deadlineAtMs <= wallClockMs()) return route.meter.count('late');
    if (this.inFlight >= this.inFlightMax) return this.refuse(request, route, context);
    this.inFlight += 1;
    this.underRequestId(request, route, context).catch((error: unknown) => this.logger.error(error));
  }

  private refuse(request: TakenRequest, route: ServedRoute, { requestId }: RequestContext): void {
    route.meter.count('busy');
    underId(requestId, () => this.answerFailure(request, unavailable('too many requests in flight')));
  }

  private release(): void {
    this.inFlight -= 1;
    if (this.inFlight === 0) this.whenIdle?.();
  }

  private underRequestId(request: TakenRequest, route: ServedRoute, context: RequestContext): Promise<void> {
    const { requestId } = context;
    if (requestId === undefined) return this.serve(request, route, context);
    return runInRequest({ requestId }, () => this.serve(request, route, context));
  }

  private async serve(request: TakenRequest, { handler, meter }: ServedRoute, context: RequestContext): Promise<void> {
    const startedMs = performance.now();
    try {
      const result = await this.handle(request, handler, context);
      this.replies.send(request.inbox, goodReply(request.token, result));
      meter.count('done', startedMs);
    } catch (error) {
      this.answerFailure(request, error);
      meter.count('failed', startedMs);
    } finally {
      this.release();
    }
  }

  private handle(request: TakenRequest, handler: MessageHandler, context: RequestContext): Promise<unknown> {
    if (!tracingEnabled()) return resultOf(request, handler, context);
    return inSpan(request.subject, 'server', request.headers, () => resultOf(request, handler, context));
  }

  private answerFailure({ inbox, token }: TakenRequest, error: unknown): void {
    this.replies.send(inbox, failedReply(token, error));
  }
}

async function resultOf({ text }: TakenRequest, handler: MessageHandler, context: RequestContext): Promise<unknown> {
  const returned: unknown = await handler(JSON.parse(text), context);
  // Nest's filters hand failures over as observables; plain results never touch RxJS.
  return isObservable(returned) ? lastValueFrom(returned) : returned;
}

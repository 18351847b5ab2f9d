import { Server, type CustomTransportStrategy, type MessageHandler } from '@nestjs/microservices';
import type { Msg, MsgHdrs, NatsConnection, Subscription } from '@nats-io/transport-node';
import type { Context } from '@kraty/contracts/common';
import { isObservable, lastValueFrom } from 'rxjs';
import { toFailure } from '../errors/index.js';
import { runInRequest } from '../logging/index.js';
import { inSpan, type Metrics, tracingEnabled } from '../telemetry/index.js';
import type { NatsLink } from './nats-link.js';
import { Reply } from './reply.js';
import { RequestContext } from './request-context.js';
import { RouteMeter } from './route-meter.js';
import { bodyText, failureHeaders, isFailureWire, parseBody, replyHeaders, unavailable } from './wire.js';
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
  private inFlight = 0;
  private whenIdle: (() => void) | null = null;

  constructor(
    private readonly link: NatsLink,
    private readonly options: KratyNatsServerOptions,
  ) {
    super();
    this.inFlightMax = options.requestsInFlightMax ?? requestsInFlightMaxDefault;
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

  private take(message: Msg, route: ServedRoute): void {
    const context = RequestContext.of(message);
    // Nobody waits any more: an answer would be thrown away, and the work with it.
    if (context.deadlineAtMs <= wallClockMs()) return route.meter.count('late');
    if (this.inFlight >= this.inFlightMax) return this.refuse(message, route);
    this.inFlight += 1;
    void this.underRequestId(message, route, context)
      .catch((error: unknown) => this.logger.error(error))
      .finally(() => this.release());
  }

  private refuse(message: Msg, route: ServedRoute): void {
    route.meter.count('busy');
    this.answerFailure(message, unavailable('too many requests in flight'));
  }

  private release(): void {
    this.inFlight -= 1;
    if (this.inFlight === 0) this.whenIdle?.();
  }

  private underRequestId(message: Msg, route: ServedRoute, context: RequestContext): Promise<void> {
    const { requestId } = context;
    if (requestId === undefined) return this.serve(message, route, context);
    return runInRequest({ requestId }, () => this.serve(message, route, context));
  }

  private async serve(message: Msg, { handler, meter }: ServedRoute, context: RequestContext): Promise<void> {
    const startedMs = performance.now();
    try {
      this.answer(message, await this.handle(message, handler, context));
      meter.count('done', startedMs);
    } catch (error) {
      this.answerFailure(message, error);
      meter.count('failed', startedMs);
    }
  }

  private handle(message: Msg, handler: MessageHandler, context: RequestContext): Promise<unknown> {
    if (!tracingEnabled()) return resultOf(message, handler, context);
    return inSpan(message.subject, 'server', message.headers, () => resultOf(message, handler, context));
  }

  private answer(message: Msg, result: unknown): void {
    if (!(result instanceof Reply)) return this.respond(message, bodyText(result));
    this.respond(message, bodyText(result.body), replyHeaders(result.options));
  }

  private answerFailure(message: Msg, error: unknown): void {
    const wire = isFailureWire(error) ? error : toFailure(error).wire();
    this.respond(message, bodyText(wire), failureHeaders());
  }

  private respond(message: Msg, text: string, headers?: MsgHdrs): void {
    this.link.together(() => {
      try {
        this.deliver(message, text, headers);
      } catch (error) {
        // Too large for the broker, for instance: the caller is told that there was a bug.
        this.logger.error(error);
        this.deliver(message, bodyText(toFailure(error).wire()), failureHeaders());
      }
    });
  }

  private deliver(message: Msg, text: string, headers?: MsgHdrs): void {
    // A connection that is closing under us answers nobody; the caller's deadline tells it.
    if (this.link.canPublish) message.respond(text, headers === undefined ? undefined : { headers });
  }
}

async function resultOf(message: Msg, handler: MessageHandler, context: RequestContext): Promise<unknown> {
  const returned: unknown = await handler(parseBody(message.data), context);
  // Nest's filters hand failures over as observables; plain results never touch RxJS.
  return isObservable(returned) ? lastValueFrom(returned) : returned;
}

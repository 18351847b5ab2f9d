import {
  context,
  type Context,
  type Attributes,
  propagation,
  type Span,
  SpanKind,
  SpanStatusCode,
  type TextMapGetter,
  type TextMapSetter,
  trace,
} from '@opentelemetry/api';

/** Message headers: a NATS `MsgHdrs`, a `Map`, or a plain object with lower-case names. */
export type TraceCarrier =
  { get(name: string): string | undefined; set(name: string, value: string): void } | Record<string, string>;

export type SpanRole = 'internal' | 'client' | 'server' | 'producer' | 'consumer';

const kindOfRole: Record<SpanRole, SpanKind> = {
  internal: SpanKind.INTERNAL,
  client: SpanKind.CLIENT,
  server: SpanKind.SERVER,
  producer: SpanKind.PRODUCER,
  consumer: SpanKind.CONSUMER,
};

let enabled = false;

/** Called once, when an exporter is in place. Until then every helper here does nothing but call its work. */
export function enableTracing(on = true): void {
  enabled = on;
}

export function tracingEnabled(): boolean {
  return enabled;
}

/**
 * Runs `work` inside a span. The parent is the trace found in `carrier` (a message's headers), else the current span.
 * Without tracing this costs one comparison, and `work` gets no span.
 */
export async function inSpan<T>(
  name: string,
  role: SpanRole,
  carrier: TraceCarrier | undefined,
  work: (span?: Span) => Promise<T> | T,
  attributes?: Attributes,
): Promise<T> {
  if (!enabled) return work();
  const parent = carrier ? extractTrace(carrier) : context.active();
  const options = { kind: kindOfRole[role], attributes };
  return trace.getTracer('kraty').startActiveSpan(name, options, parent, (span) => finishing(span, work));
}

async function finishing<T>(span: Span, work: (span: Span) => Promise<T> | T): Promise<T> {
  try {
    return await work(span);
  } catch (error) {
    span.setStatus({ code: SpanStatusCode.ERROR, message: error instanceof Error ? error.name : 'thrown' });
    throw error;
  } finally {
    span.end();
  }
}

/** Writes the current trace into message headers (W3C `traceparent`). */
export function injectTrace(carrier: TraceCarrier): void {
  if (enabled) propagation.inject(context.active(), carrier, setter);
}

/** The trace that a message belongs to, as the parent of what is done with it. */
export function extractTrace(carrier: TraceCarrier): Context {
  return enabled ? propagation.extract(context.active(), carrier, getter) : context.active();
}

const setter: TextMapSetter<TraceCarrier> = {
  set(carrier, name, value) {
    if (isAccessor(carrier)) carrier.set(name, value);
    else carrier[name] = value;
  },
};

const getter: TextMapGetter<TraceCarrier> = {
  get(carrier, name) {
    return (isAccessor(carrier) ? carrier.get(name) : carrier[name]) || undefined;
  },
  keys(carrier) {
    return isAccessor(carrier) ? [] : Object.keys(carrier);
  },
};

type Accessor = Exclude<TraceCarrier, Record<string, string>>;

function isAccessor(carrier: TraceCarrier): carrier is Accessor {
  return typeof (carrier as Partial<Accessor>).get === 'function';
}

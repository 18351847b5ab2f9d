import { context, propagation, ROOT_CONTEXT, trace } from '@opentelemetry/api';
import { core, node, tracing } from '@opentelemetry/sdk-node';
import { enableTracing, extractTrace, injectTrace, inSpan } from './index.js';

const exporter = new tracing.InMemorySpanExporter();
const provider = new node.NodeTracerProvider({ spanProcessors: [new tracing.SimpleSpanProcessor(exporter)] });

/** The gateway's request span, a NATS request to events, and from there one to economy. */
async function twoHops(): Promise<string[]> {
  const order: string[] = [];
  await inSpan('GET /sdk/v1/ping', 'server', undefined, async () => {
    const toEvents = new Map<string, string>();
    await inSpan('request events.start', 'client', undefined, async () => {
      injectTrace(toEvents);
      await hop('events.start', toEvents, order);
    });
  });
  return order;
}

async function hop(name: string, headers: Map<string, string>, order: string[]): Promise<void> {
  // What arrives on the other side knows nothing of the sender's async context.
  await context.with(ROOT_CONTEXT, () =>
    inSpan(name, 'server', headers, async () => {
      const toEconomy: Record<string, string> = {};
      injectTrace(toEconomy);
      await inSpan('economy.charge', 'server', toEconomy, () => order.push('charged'));
    }),
  );
}

describe('tracing', () => {
  beforeAll(() => {
    provider.register({ propagator: new core.W3CTraceContextPropagator() });
    enableTracing();
  });

  beforeEach(() => exporter.reset());

  afterAll(async () => {
    enableTracing(false);
    await provider.shutdown();
    trace.disable();
    context.disable();
    propagation.disable();
  });

  it('keeps one trace over two hops, each span under its caller', async () => {
    await twoHops();
    const spans = new Map(exporter.getFinishedSpans().map((span) => [span.name, span]));
    const [door, request, events, economy] = [
      'GET /sdk/v1/ping',
      'request events.start',
      'events.start',
      'economy.charge',
    ].map((name) => spans.get(name)!);
    expect(new Set([...spans.values()].map((span) => span.spanContext().traceId)).size).toBe(1);
    expect(request!.parentSpanContext?.spanId).toBe(door!.spanContext().spanId);
    expect(events!.parentSpanContext?.spanId).toBe(request!.spanContext().spanId);
    expect(economy!.parentSpanContext?.spanId).toBe(events!.spanContext().spanId);
  });

  it('takes the parent from the message and not from where the message happens to be handled', async () => {
    const headers = new Map([['traceparent', '00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01']]);
    await inSpan('the consumer loop', 'internal', undefined, () => inSpan('consume', 'consumer', headers, () => 1));
    const consumed = exporter.getFinishedSpans().find((span) => span.name === 'consume')!;
    expect(consumed.spanContext().traceId).toBe('0af7651916cd43dd8448eb211c80319c');
    expect(trace.getSpanContext(extractTrace(headers))?.spanId).toBe('b7ad6b7169203331');
  });

  it('marks a span whose work throws, and throws on', async () => {
    const work = inSpan('failing', 'internal', undefined, () => Promise.reject(new RangeError('secret')));
    await expect(work).rejects.toThrow(RangeError);
    expect(exporter.getFinishedSpans()[0]!.status).toEqual({ code: 2, message: 'RangeError' });
  });

  it('does nothing but the work when tracing is off', async () => {
    enableTracing(false);
    const headers = new Map<string, string>();
    const answer = await inSpan('x', 'client', undefined, (span) => {
      injectTrace(headers);
      return span;
    });
    enableTracing();
    expect(answer).toBeUndefined();
    expect(headers.size).toBe(0);
    expect(exporter.getFinishedSpans()).toEqual([]);
  });
});

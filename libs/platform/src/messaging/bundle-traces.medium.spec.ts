import type { INestMicroservice } from '@nestjs/common';
import { context, propagation, SpanKind, trace } from '@opentelemetry/api';
import { core, node, tracing } from '@opentelemetry/sdk-node';
import { Logger } from '../logging/index.js';
import { enableTracing, inSpan } from '../telemetry/index.js';
import { errand, openDesk } from './desk.fixture.js';
import { eventually } from './eventually.fixture.js';
import { Messenger } from './messenger.js';
import { OwnBroker } from './own-broker.fixture.js';
import { Tap } from './tap.fixture.js';

const exporter = new tracing.InMemorySpanExporter();
const provider = new node.NodeTracerProvider({ spanProcessors: [new tracing.SimpleSpanProcessor(exporter)] });

describe('Requests of a turn under tracing', () => {
  let broker: OwnBroker;
  let service: INestMicroservice;
  let questions: Tap;
  let sut: Messenger;

  beforeAll(async () => {
    provider.register({ propagator: new core.W3CTraceContextPropagator() });
    enableTracing();
    broker = await OwnBroker.start();
    service = await openDesk(await broker.link('server'));
    questions = await Tap.on(await broker.link('tap'), errand.subject);
    sut = new Messenger(await broker.link('caller'), Logger.silent());
  });

  afterAll(async () => {
    await service.close();
    await broker.stop();
    enableTracing(false);
    await provider.shutdown();
    trace.disable();
    context.disable();
    propagation.disable();
  });

  it('belong each to the trace of its caller', async () => {
    const call = (say: string) =>
      inSpan(`GET /${say}`, 'server', undefined, () => sut.request(errand, { does: 'echo', say }));
    expect(await Promise.all(['a', 'b', 'c'].map(call))).toHaveLength(3);
    await eventually(() => expect(questions.bundles).toHaveLength(1));
    const spans = exporter.getFinishedSpans().filter(({ name }) => name === errand.subject);
    const served = spans.filter(({ kind }) => kind === SpanKind.SERVER).map((span) => span.parentSpanContext?.spanId);
    const asked = spans.filter(({ kind }) => kind === SpanKind.CLIENT).map((span) => span.spanContext());
    expect(served.sort()).toEqual(asked.map(({ spanId }) => spanId).sort());
    expect(new Set(asked.map(({ traceId }) => traceId)).size).toBe(3);
  });
});

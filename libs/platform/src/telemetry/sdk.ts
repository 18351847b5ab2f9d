import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http';
import { IORedisInstrumentation } from '@opentelemetry/instrumentation-ioredis';
import { PgInstrumentation } from '@opentelemetry/instrumentation-pg';
import { NodeSDK, tracing } from '@opentelemetry/sdk-node';

const EXPORT_TIMEOUT_MS = 5_000;

/** Everything of OpenTelemetry that is worth loading only when somebody listens. */
export function createSdk(serviceName: string, endpoint: string, ratio: number): NodeSDK {
  const url = `${endpoint.replace(/\/+$/, '')}/v1/traces`;
  const exporter = new OTLPTraceExporter({ url, timeoutMillis: EXPORT_TIMEOUT_MS });
  return new NodeSDK({
    serviceName,
    spanProcessors: [new tracing.BatchSpanProcessor(exporter)],
    sampler: new tracing.ParentBasedSampler({ root: new tracing.TraceIdRatioBasedSampler(ratio) }),
    instrumentations: instrumentations(),
    metricReaders: [],
    logRecordProcessors: [],
  });
}

/** Child spans only: a pool's idle work and the scheduler's polling would otherwise be traces of their own. */
function instrumentations(): (HttpInstrumentation | PgInstrumentation | IORedisInstrumentation)[] {
  return [
    new HttpInstrumentation({ requireParentforOutgoingSpans: true, ignoreIncomingRequestHook: isProbe }),
    new PgInstrumentation({ requireParentSpan: true, ignoreConnectSpans: true }),
    new IORedisInstrumentation({ requireParentSpan: true, dbStatementSerializer: (command) => command }),
  ];
}

const probePaths = new Set(['/healthz', '/readyz', '/metrics']);

function isProbe(request: { url?: string }): boolean {
  return probePaths.has(request.url ?? '');
}

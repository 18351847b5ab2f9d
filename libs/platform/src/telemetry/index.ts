export {
  type GaugeOptions,
  type HistogramOptions,
  mergedMetrics,
  type MetricOptions,
  Metrics,
  metricsContentType,
  processMetrics,
} from './metrics.js';
export { startTelemetry, type StopTelemetry, type TelemetryOptions } from './start-telemetry.js';
export { keepStopTelemetry, stopTelemetry } from './stop-telemetry.js';
export {
  enableTracing,
  extractTrace,
  injectTrace,
  inSpan,
  type SpanRole,
  type TraceCarrier,
  tracingEnabled,
} from './tracing.js';

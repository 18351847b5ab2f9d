import { enableTracing } from './tracing.js';

export interface TelemetryOptions {
  /** OTLP over HTTP, without the path: `http://collector:4318`. Absent = no telemetry, and nothing is loaded for it. */
  endpoint?: string;
  /** Share of traces that are kept, 0 to 1; a decision made upstream is followed. */
  ratio?: number;
}

/** Flushes what is buffered and stops exporting. */
export type StopTelemetry = () => Promise<void>;

/**
 * Starts tracing of HTTP, PostgreSQL, Redis and our own messages. Must run before those drivers are loaded, hence
 * `node --import …/telemetry/register/index.js main.js`.
 */
export async function startTelemetry(serviceName: string, options: TelemetryOptions): Promise<StopTelemetry> {
  if (!options.endpoint) return () => Promise.resolve();
  const { createSdk } = await import('./sdk.js');
  const sdk = createSdk(serviceName, options.endpoint, options.ratio ?? 1);
  sdk.start();
  enableTracing();
  return async () => {
    enableTracing(false);
    await sdk.shutdown();
  };
}

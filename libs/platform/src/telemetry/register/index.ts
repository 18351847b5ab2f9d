/**
 * Loaded by `node --import` before everything else, because a driver that is loaded already cannot be traced any more.
 * Without an endpoint it loads nothing.
 */
import { register } from 'node:module';
import { keepStopTelemetry } from '../stop-telemetry.js';

if (process.env['OTEL_EXPORTER_OTLP_ENDPOINT']) await registerTelemetry();

async function registerTelemetry(): Promise<void> {
  const { ConfigurationError, loadConfiguration, TelemetryConfiguration } =
    await import('../../configuration/index.js');
  const { startTelemetry } = await import('../start-telemetry.js');
  try {
    const { otlpEndpoint, traceRatio, telemetryName } = loadConfiguration(TelemetryConfiguration, process.env);
    // Without this hook only `require` is seen, and our modules are imported.
    register('@opentelemetry/instrumentation/hook.mjs', import.meta.url);
    keepStopTelemetry(await startTelemetry(telemetryName, { endpoint: otlpEndpoint, ratio: traceRatio }));
  } catch (error) {
    // The service reads the same variables and names this problem together with all others.
    if (!(error instanceof ConfigurationError)) throw error;
  }
}

import { IsIn, IsInt, IsNumber, Matches, Max, Min, MinLength } from 'class-validator';
import { type LogLevel, logLevels } from '../logging/logger.js';
import { Variable } from './variable.js';

/** Read before anything else is loaded, by `telemetry/register`. */
export class TelemetryConfiguration {
  @Variable('OTEL_EXPORTER_OTLP_ENDPOINT', {
    description: 'Address of an OpenTelemetry collector (OTLP over HTTP); without it nothing is traced.',
    optional: true,
  })
  @Matches(/^https?:\/\/\S+$/, { message: 'must look like http://collector:4318' })
  otlpEndpoint?: string;

  @Variable('TRACE_RATIO', { description: 'Share of requests that are traced, 0 to 1.', default: 0.01 })
  @IsNumber()
  @Min(0)
  @Max(1)
  traceRatio: number;

  @Variable('OTEL_SERVICE_NAME', { description: 'Name of this process in traces.', default: 'kraty' })
  telemetryName: string;
}

/** What every process of the system is told, whatever it does. */
export class ProcessConfiguration extends TelemetryConfiguration {
  @Variable('NATS_URL', {
    description: 'Address of the NATS server; several, separated by commas, for a cluster.',
    default: 'nats://127.0.0.1:4222',
    secret: true,
  })
  @Matches(/^(nats|tls):\/\/\S+$/, { message: 'must look like nats://host:4222' })
  natsUrl: string;

  @Variable('REDIS_URL', {
    description: 'Address of Redis; without it the parts that need Redis are refused at start.',
    optional: true,
    secret: true,
  })
  @Matches(/^rediss?:\/\/\S+$/, { message: 'must look like redis://host:6379' })
  redisUrl?: string;

  @Variable('OPS_HOST', { description: 'Interface of the port for probes and metrics.', default: '127.0.0.1' })
  opsHost: string;

  @Variable('OPS_PORT', { description: 'Port of /healthz, /readyz and /metrics; 0 = none.', default: 0 })
  @IsInt()
  @Min(0)
  @Max(65_535)
  opsPort: number;

  @Variable('METRICS_TOKEN', {
    description: 'Bearer token for /metrics; without it only loopback may read them.',
    optional: true,
    secret: true,
  })
  @MinLength(16)
  metricsToken?: string;

  @Variable('LOG_LEVEL', { description: `One of ${logLevels.join(', ')}.`, default: 'info', parse: (text) => text })
  @IsIn(logLevels, { message: 'is not a level' })
  logLevel: LogLevel;

  @Variable('DRAIN_SECONDS', {
    description: 'How long a stopping process answers "not ready" before it takes no more; 0 outside production.',
    default: (environment) => (environment['NODE_ENV'] === 'production' ? 3 : 0),
  })
  @IsNumber()
  @Min(0)
  @Max(300)
  drainSeconds: number;

  @Variable('STOP_SECONDS', { description: 'Bound of the rest of a graceful stop, in seconds.', default: 20 })
  @IsNumber()
  @Min(1)
  @Max(300)
  stopSeconds: number;
}

/** A process with a schema of its own. */
export class ServiceConfiguration extends ProcessConfiguration {
  @Variable('DATABASE_URL', {
    description: "Connection string of the service's own role on PostgreSQL.",
    secret: true,
  })
  @Matches(/^postgres(ql)?:\/\/\S+$/, { message: 'must look like postgres://role:password@host:5432/database' })
  databaseUrl: string;

  @Variable('DATABASE_POOL_MAX', { description: 'Most connections of one process to PostgreSQL.', default: 10 })
  @IsInt()
  @Min(2)
  @Max(200)
  databasePoolMax: number;
}

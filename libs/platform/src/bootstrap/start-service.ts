import { setTimeout as pause } from 'node:timers/promises';
import type { INestApplicationContext } from '@nestjs/common';
import type { ProcessConfiguration } from '../configuration/index.js';
import { type Health, OpsServer } from '../health/index.js';
import type { Metrics } from '../telemetry/index.js';
import type { ServiceDefinition } from './define-service.js';
import { type Ground, layGround, type StartOptions } from './ground.js';
import { startHttp } from './http.js';
import { startRequests } from './requests.js';
import { Resources } from './resources.js';
import { within } from '../waiting/index.js';

/** An application that serves, and the address of its HTTP door if it has one. */
export interface Serving {
  app: INestApplicationContext;
  url?: string;
}

/** A service at work in this process. */
export interface RunningService extends Serving {
  /** Where probes and metrics answer; absent without an ops port. */
  opsUrl?: string;
  health: Health;
  metrics: Metrics;
  /** Graceful and bounded; safe to call twice. */
  stop(): Promise<void>;
}

/** Starts a service without touching the process: for tests and for the process that hosts several. */
export async function startService<C extends ProcessConfiguration>(
  definition: ServiceDefinition<C>,
  options: StartOptions,
): Promise<RunningService> {
  const ground = layGround(definition, options);
  const resources = new Resources(ground.logger);
  try {
    const ops = await startOps(ground, resources);
    const serving = await (definition.http
      ? startHttp(ground, resources, definition.http)
      : startRequests(ground, resources));
    ground.health.started();
    ground.logger.info({ url: serving.url, opsUrl: ops?.url }, 'ready');
    return running(ground, resources, serving, ops);
  } catch (error) {
    await resources.close();
    throw error;
  }
}

/** Opened first and closed last: probes are answered from the first moment to the end. */
async function startOps(ground: Ground, resources: Resources): Promise<OpsServer | undefined> {
  const { opsPort: port, opsHost: host, metricsToken } = ground.configuration;
  if (port === 0) return undefined;
  const { clock, health, metrics } = ground;
  const ops = await OpsServer.start({
    clock,
    health: [health],
    registries: [metrics.registry],
    host,
    port,
    metricsToken,
  });
  resources.add('the ops port', () => ops.stop());
  return ops;
}

function running(ground: Ground, resources: Resources, serving: Serving, ops?: OpsServer): RunningService {
  const { health, metrics } = ground;
  let stopping: Promise<void> | undefined;
  const stop = (): Promise<void> => (stopping ??= stopGracefully(ground, resources, serving));
  return { ...serving, health, metrics, stop, ...(ops ? { opsUrl: ops.url } : {}) };
}

/**
 * Not ready, a pause in which the others notice, then Nest's order: requests finish, consumers and relay stop in
 * `beforeApplicationShutdown`, connections close after everything else.
 */
async function stopGracefully(ground: Ground, resources: Resources, { app }: Serving): Promise<void> {
  const { drainSeconds, stopSeconds } = ground.configuration;
  ground.health.drain();
  await pause(drainSeconds * 1_000);
  try {
    await within(stopSeconds * 1_000, `stopping ${ground.definition.name}`, app.close());
  } finally {
    await resources.close();
  }
  ground.logger.info('stopped');
}

/**
 * One process that hosts every service: for development and for small studios. The code is that of the separate
 * processes, and they still talk over NATS. A service's database is named by `<SERVICE>_DATABASE_URL`.
 *
 *   node --import @kraty/platform/telemetry/register tools/host.mjs
 */
import { fileURLToPath } from 'node:url';
import { runProcess, startService } from '@kraty/platform/bootstrap';
import { SystemClock } from '@kraty/platform/clock';
import { loadConfiguration, ProcessConfiguration } from '@kraty/platform/configuration';
import { Health, OpsServer } from '@kraty/platform/health';
import { Logger } from '@kraty/platform/logging';
import { stopTelemetry } from '@kraty/platform/telemetry';
import { builtServices, databaseVariable, DOOR } from './start/services.mjs';

/** @typedef {import('@kraty/platform/bootstrap').ServiceDefinition} ServiceDefinition */
/** @typedef {import('@kraty/platform/bootstrap').RunningService} RunningService */

const root = fileURLToPath(new URL('..', import.meta.url));

/** @param {string} service */
async function definitionOf(service) {
  const exported = await import(`@kraty/${service}`);
  const definition = Object.values(exported).find((value) => value?.name === service && value.module);
  if (definition === undefined) throw new Error(`@kraty/${service} exports no service definition named ${service}`);
  return definition;
}

/** Probes and metrics are answered once for all of them, on one port. @param {string} service */
function environmentOf(service) {
  return { ...process.env, DATABASE_URL: process.env[databaseVariable(service)], OPS_PORT: '0' };
}

/** Probes are answered from the first moment to the last, and "ready" only while all services are. */
async function start() {
  const configuration = loadConfiguration(ProcessConfiguration, process.env);
  const health = new Health();
  const parts = { health: [health], registries: /** @type {import('prom-client').Registry[]} */ ([]) };
  const { opsHost: host, opsPort: port, metricsToken } = configuration;
  const ops =
    port === 0 ? undefined : await OpsServer.start({ clock: new SystemClock(), ...parts, host, port, metricsToken });
  const { running, problem } = await startAll(await Promise.all(builtServices(root).map(definitionOf)));
  const stop = async () => {
    health.drain();
    await stopAll(running);
    await ops?.stop();
    await stopTelemetry();
  };
  if (problem !== undefined) {
    await stop();
    throw problem;
  }
  parts.health.push(...running.map((service) => service.health));
  parts.registries.push(...running.map((service) => service.metrics.registry));
  health.started();
  return stop;
}

/** All at once: none may depend on another being there first. @param {ServiceDefinition[]} definitions */
async function startAll(definitions) {
  const starts = await Promise.allSettled(
    definitions.map((definition) => startService(definition, { environment: environmentOf(definition.name) })),
  );
  const running = starts.flatMap((one, index) =>
    one.status === 'fulfilled' ? [{ name: definitions[index]?.name, ...one.value }] : [],
  );
  return { running, problem: starts.find((one) => one.status === 'rejected')?.reason };
}

/** The door first, so that nobody asks a service that has left. @param {({ name?: string } & RunningService)[]} running */
async function stopAll(running) {
  const isDoor = (/** @type {{ name?: string }} */ { name }) => name === DOOR;
  const groups = [running.filter(isDoor), running.filter((service) => !isDoor(service))];
  /** @type {PromiseSettledResult<void>[]} */
  const endings = [];
  for (const group of groups) endings.push(...(await Promise.allSettled(group.map((service) => service.stop()))));
  const failed = endings.find((ending) => ending.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}

await runProcess(Logger.create({ service: 'host' }), start);

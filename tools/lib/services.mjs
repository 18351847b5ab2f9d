/** The services as processes of their own, from what the build has made of them. */

import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { launchServer, onPort } from './servers/launch.mjs';
import { reapStale } from './servers/record.mjs';
import { MEMORY_ARGUMENTS } from './service-memory.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
/** Loaded before everything else, or nothing is traced. */
const telemetryEntry = join(root, 'libs/platform/dist/telemetry/register/index.js');

/** A service drains, finishes and flushes before it leaves; after this time it is killed. Milliseconds. */
const GRACE_MS = 25_000;
/** A probe that takes longer counts as "not ready yet". Milliseconds. */
const PROBE_WITHIN_MS = 1_000;

/** @typedef {import('./servers/launch.mjs').RunningServer & { opsUrl: string }} RunningService */

/**
 * @typedef {object} ServiceProcess
 * @property {string} service
 * @property {Record<string, string>} environment without OPS_PORT, and for the gateway without PORT
 * @property {string} directory for its log and its record
 * @property {number} [port] where the gateway listens, a free one when left out; other services listen nowhere
 * @property {number} [opsPort] probes and metrics, a free one when left out
 * @property {string[]} [nodeArguments]
 */

/**
 * Starts one service and waits until it is ready. `url` of the answer is the gateway's address, else that of its probes.
 * @param {ServiceProcess} wish
 * @returns {Promise<RunningService>}
 */
export async function startServiceProcess(wish) {
  const dataDirectory = join(wish.directory, wish.service);
  await mkdir(dataDirectory, { recursive: true });
  await reapStale({ dataDirectory, signal: 'SIGTERM', graceMs: GRACE_MS });
  if (wish.service !== 'gateway') return onOpsPort(wish, dataDirectory, undefined);
  return onPort({ name: 'gateway', port: wish.port, portSetting: 'PORT' }, (port) =>
    onOpsPort(wish, dataDirectory, port),
  );
}

/** @param {ServiceProcess} wish @param {string} dataDirectory @param {number | undefined} port */
function onOpsPort(wish, dataDirectory, port) {
  const name = `${wish.service} probes`;
  return onPort({ name, port: wish.opsPort }, (opsPort) => launch(wish, dataDirectory, opsPort, port));
}

/**
 * @param {ServiceProcess} wish
 * @param {string} dataDirectory
 * @param {number} opsPort
 * @param {number | undefined} port
 * @returns {Promise<RunningService>}
 */
async function launch({ service, environment, nodeArguments = [] }, dataDirectory, opsPort, port) {
  const opsUrl = `http://127.0.0.1:${opsPort}`;
  const door = port === undefined ? {} : { PORT: String(port) };
  const running = await launchServer({
    name: service,
    program: process.execPath,
    arguments: [...MEMORY_ARGUMENTS, ...nodeArguments, '--import', telemetryEntry, programOf(service)],
    port: port ?? opsPort,
    url: port === undefined ? opsUrl : `http://127.0.0.1:${port}`,
    dataDirectory,
    logFile: join(dataDirectory, `${service}.log`),
    environment: { OTEL_SERVICE_NAME: service, ...environment, ...door, OPS_PORT: String(opsPort) },
    stopSignal: 'SIGTERM',
    graceMs: GRACE_MS,
    isReady: () => isReady(opsUrl),
  });
  return { ...running, opsUrl };
}

/** @param {string} service */
function programOf(service) {
  return join(root, 'apps', service, 'dist/main.js');
}

/** @param {string} opsUrl */
async function isReady(opsUrl) {
  try {
    const answer = await fetch(`${opsUrl}/readyz`, { signal: AbortSignal.timeout(PROBE_WITHIN_MS) });
    return answer.ok;
  } catch {
    return false;
  }
}

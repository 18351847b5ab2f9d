/** The processes of the services: one that hosts them all, or one each. */

import { existsSync, readFileSync, renameSync, statSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { launchServer } from '../lib/servers/launch.mjs';
import { assertPortFree, LOOPBACK } from '../lib/servers/ports.mjs';
import { freePort, reapStale } from '../lib/servers.mjs';
import { environmentOf, hostEnvironment } from './environments.mjs';
import { reasonIn } from './log-reason.mjs';
import { DOOR } from './services.mjs';
import { Supervised } from './supervised.mjs';

/** Longer than STOP_SECONDS, or what is in flight would be cut off. */
const GRACE_MS = 25_000;
const PROBE_PAUSE_MS = 20;
const PROBE_WITHIN_MS = 2_000;
const LOG_BYTES_MAX = 20_000_000;
const LOG_READ_CHARACTERS = 20_000;
const HTTP_OK = 200;

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Loaded before everything else, or the drivers cannot be traced. */
const telemetry = () => import.meta.resolve('@kraty/platform/telemetry/register');

/** @typedef {import('./environments.mjs').Facts} Facts */
/** @typedef {{ name: string, script: string, opsPort: number, environment: Record<string, string> }} Plan */

/**
 * @param {string[]} services the door last
 * @param {Facts} facts
 * @param {{ split: boolean, opsPort: number | undefined }} how opsPort: of the first process, or any free ones
 * @returns {Promise<Plan[]>}
 */
export async function plannedProcesses(services, facts, { split, opsPort }) {
  const portOf = (/** @type {number} */ index) => (opsPort === undefined ? freePort() : wanted(opsPort + index));
  if (!split) {
    const port = await portOf(0);
    const environment = hostEnvironment(facts, port);
    return [{ name: 'kraty', script: join(root, 'tools/host.mjs'), opsPort: port, environment }];
  }
  return Promise.all(
    services.map(async (name, index) => {
      const port = await portOf(index);
      const script = join(root, 'apps', name, 'dist/main.js');
      return { name, script, opsPort: port, environment: environmentOf(name, facts, port) };
    }),
  );
}

/** @param {number} port */
async function wanted(port) {
  await assertPortFree('health and metrics', port, 'OPS_PORT');
  return port;
}

/**
 * @param {Plan} plan @param {{ dataDirectory: string, tell: (text: string) => void }} where
 * @returns {Supervised}
 */
export function supervisedProcess(plan, { dataDirectory, tell }) {
  return new Supervised({ name: plan.name, tell, start: () => startProcess(plan, dataDirectory) });
}

/** @param {Plan} plan @returns {import('./crew.mjs').Role} */
export function roleOf({ name }) {
  return name === DOOR ? 'door' : 'service';
}

/** @param {string} dataDirectory @param {string} name */
export function logFileOf(dataDirectory, name) {
  return join(dataDirectory, 'processes', name, 'log.jsonl');
}

/** @param {Plan} plan @param {string} dataDirectory */
async function startProcess({ name, script, opsPort, environment }, dataDirectory) {
  const logFile = logFileOf(dataDirectory, name);
  const directory = join(dataDirectory, 'processes', name);
  await mkdir(directory, { recursive: true });
  await reapStale({ dataDirectory: directory, signal: 'SIGTERM', graceMs: GRACE_MS });
  keepLogSmall(logFile);
  const url = `http://${LOOPBACK}:${opsPort}`;
  const launch = {
    name,
    program: process.execPath,
    arguments: ['--import', telemetry(), script],
    port: opsPort,
    url,
    dataDirectory: directory,
    logFile,
    environment,
    stopSignal: 'SIGTERM',
    graceMs: GRACE_MS,
    isReady: () => isReady(`${url}/readyz`),
  };
  return launchServer(launch).catch((error) => {
    throw failureOf(name, logFile, error);
  });
}

/** @param {string} name @param {string} logFile @param {Error} error */
function failureOf(name, logFile, error) {
  const reason = reasonIn(endOf(logFile));
  if (error.name === 'PortBusyError' || reason === '') return error;
  return new Error(`${name} could not start: ${reason}\nIts log is ${logFile}.`, { cause: error });
}

/** @param {string} file */
function endOf(file) {
  const log = existsSync(file) ? readFileSync(file, 'utf8') : '';
  return log.slice(-LOG_READ_CHARACTERS);
}

/** @param {string} url */
async function isReady(url) {
  const status = await fetch(url, { signal: AbortSignal.timeout(PROBE_WITHIN_MS) }).then(
    (response) => response.status,
    () => 0,
  );
  if (status !== HTTP_OK) await delay(PROBE_PAUSE_MS);
  return status === HTTP_OK;
}

/** One former log is kept beside the present one. @param {string} file */
function keepLogSmall(file) {
  if (existsSync(file) && statSync(file).size > LOG_BYTES_MAX) renameSync(file, `${file}.1`);
}

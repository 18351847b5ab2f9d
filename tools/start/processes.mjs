/** The processes of the services: one that hosts them all, or one each. */

import { existsSync, readFileSync, renameSync, statSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { launchServer } from '../lib/servers/launch.mjs';
import { assertPortFree, LOOPBACK } from '../lib/servers/ports.mjs';
import { freePort, reapStale } from '../lib/servers.mjs';
import { MEMORY_ARGUMENTS } from '../lib/service-memory.mjs';
import { environmentOf, hostEnvironment } from './environments.mjs';
import { reasonIn } from './log-reason.mjs';
import { DOOR } from './services.mjs';
import { Supervised } from './supervised.mjs';

/** Longer than STOP_SECONDS, or what is in flight would be cut off. */
const GRACE_MS = 25_000;
const PROBE_PAUSE_MS = 20;
const PROBE_WITHIN_MS = 2_000;
const LOG_BYTES_MAX = 20_000_000;
const HTTP_OK = 200;

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Loaded before everything else, or the drivers cannot be traced. */
const telemetry = () => import.meta.resolve('@kraty/platform/telemetry/register');

/** @typedef {import('./environments.mjs').Facts} Facts */
/** @typedef {{ name: string, script: string, opsPort: number, url: string, environment: Record<string, string> }} Plan */

/**
 * @param {string[]} services the door last
 * @param {Facts} facts
 * @param {{ split: boolean, opsPort: number | undefined }} how opsPort: of the first process, or any free ones
 * @returns {Promise<Plan[]>}
 */
export async function plannedProcesses(services, facts, { split, opsPort }) {
  const ports = await portsFor(split ? services.length : 1, opsPort, facts.port);
  if (!split) {
    return [planOf('kraty', 'tools/host.mjs', ports[0], (port) => hostEnvironment(facts, port))];
  }
  return services.map((name, index) =>
    planOf(name, `apps/${name}/dist/main.js`, ports[index], (port) => environmentOf(name, facts, port)),
  );
}

/** @param {string} name @param {string} script @param {number} opsPort @param {(port: number) => Record<string, string>} environment @returns {Plan} */
function planOf(name, script, opsPort, environment) {
  const url = `http://${LOOPBACK}:${opsPort}`;
  return { name, script: join(root, script), opsPort, url, environment: environment(opsPort) };
}

/**
 * All different, although none is in use yet; nor is that of the API.
 * @param {number} count @param {number | undefined} first @param {number} apiPort @returns {Promise<number[]>}
 */
async function portsFor(count, first, apiPort) {
  if (first !== undefined) return Promise.all(Array.from({ length: count }, (_, index) => wanted(first + index)));
  const ports = new Set([apiPort]);
  while (ports.size <= count) ports.add(await freePort());
  return [...ports].slice(1);
}

/** @param {number} port */
async function wanted(port) {
  await assertPortFree('health and metrics', port, 'OPS_PORT');
  return port;
}

/**
 * @param {Plan} plan
 * @param {{ dataDirectory: string, tell: (text: string) => void, onRestart: (running: { pid: number }) => void }} how
 * @returns {Supervised}
 */
export function supervisedProcess(plan, { dataDirectory, tell, onRestart }) {
  return new Supervised({ name: plan.name, tell, onRestart, start: () => startProcess(plan, dataDirectory) });
}

/** @param {Plan} plan @returns {import('./crew.mjs').Role} */
export function roleOf({ name }) {
  return name === DOOR ? 'door' : 'service';
}

/** @param {Plan} plan @param {string} dataDirectory */
async function startProcess({ name, script, opsPort, url, environment }, dataDirectory) {
  const directory = join(dataDirectory, 'processes', name);
  const logFile = join(directory, 'log.jsonl');
  await mkdir(directory, { recursive: true });
  await reapStale({ dataDirectory: directory, signal: 'SIGTERM', graceMs: GRACE_MS });
  keepLogSmall(logFile);
  const logStartsAt = sizeOf(logFile);
  const launch = {
    name,
    program: process.execPath,
    arguments: [...MEMORY_ARGUMENTS, '--import', telemetry(), script],
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
    throw failureOf(name, logFile, logStartsAt, error);
  });
}

/** @param {string} name @param {string} logFile @param {number} logStartsAt where this life's part begins @param {Error} error */
function failureOf(name, logFile, logStartsAt, error) {
  const reason = existsSync(logFile) ? reasonIn(readFileSync(logFile).subarray(logStartsAt).toString()) : '';
  if (error.name === 'PortBusyError' || reason === '') return error;
  return new Error(`${name} could not start: ${reason}\nIts log is ${logFile}.`, { cause: error });
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
  if (sizeOf(file) > LOG_BYTES_MAX) renameSync(file, `${file}.1`);
}

/** @param {string} file */
function sizeOf(file) {
  return statSync(file, { throwIfNoEntry: false })?.size ?? 0;
}

/** Starting one server process, knowing when it is ready, and being able to end it. */

import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { open, readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { freePort, assertPortFree, isPortFree, LOOPBACK, PortBusyError } from './ports.mjs';
import { processMark, terminate } from './processes.mjs';
import { findProgram } from './programs.mjs';
import { eraseRecord, writeRecord } from './record.mjs';

/** Who fails ends and is noticed at once; this is for who hangs, also on a machine that is slow and busy. */
const READY_WITHIN_MS = 90_000;
const POLL_EVERY_MS = 5;
const PORT_ATTEMPTS = 5;
const LOG_TAIL_CHARACTERS = 2_000;

/**
 * @typedef {object} RunningServer
 * @property {string} name
 * @property {number} pid
 * @property {number} port
 * @property {string} url
 * @property {string} dataDirectory
 * @property {string} logFile
 * @property {Promise<string>} exited how the process ended, once it has
 * @property {() => Promise<void>} stop politely, and with SIGKILL after the grace; a second call does nothing
 * @property {() => Promise<void>} kill with SIGKILL, as a crash would
 */

/**
 * @typedef {object} Launch
 * @property {string} name for people
 * @property {string} program
 * @property {string[]} arguments
 * @property {number} port
 * @property {string} url
 * @property {string} dataDirectory
 * @property {string} logFile
 * @property {{ uid: number, gid: number }} [user]
 * @property {NodeJS.ProcessEnv} [environment]
 * @property {NodeJS.Signals} stopSignal
 * @property {number} graceMs how long a polite stop may take
 * @property {() => Promise<boolean>} isReady
 * @property {boolean} [outliveParent] keep running when this process ends without stopping it
 */

/**
 * Runs `attempt` on the wanted port, or on free ones until one is really got: another process may take a free port
 * between the look and the use.
 * @template T
 * @param {{ name: string, port?: number, portSetting?: string }} wish
 * @param {(port: number) => Promise<T>} attempt
 * @returns {Promise<T>}
 */
export async function onPort({ name, port, portSetting }, attempt) {
  if (port !== undefined) {
    await assertPortFree(name, port, portSetting);
    return attempt(port);
  }
  for (let tries = 1; ; tries += 1) {
    const candidate = await freePort();
    try {
      return await attempt(candidate);
    } catch (error) {
      if (tries >= PORT_ATTEMPTS || (await isPortFree(candidate))) throw error;
    }
  }
}

/** @param {Launch} launch @returns {Promise<RunningServer>} */
export async function launchServer(launch) {
  const child = await spawnDetached(launch);
  const exited = once(child, 'exit').then(([code, signal]) =>
    signal === null ? `exit code ${code}` : `signal ${signal}`,
  );
  const pid = /** @type {number} */ (child.pid);
  const mark = processMark(pid);
  await writeRecord(launch.dataDirectory, launch.name, pid);
  const end = async (/** @type {NodeJS.Signals} */ signal) => {
    child.ref();
    await terminate({ pid, mark, signal, graceMs: launch.graceMs });
    await exited;
    await eraseRecord(launch.dataDirectory);
  };
  try {
    await ready(launch, exited);
  } catch (error) {
    await end('SIGKILL');
    throw error;
  }
  // A server must not keep a parent from ending that has nothing else to do, such as a test run with a failed test.
  child.unref();
  const { name, port, url, dataDirectory, logFile, stopSignal } = launch;
  return {
    name,
    pid,
    port,
    url,
    dataDirectory,
    logFile,
    exited,
    stop: () => end(stopSignal),
    kill: () => end('SIGKILL'),
  };
}

/** @param {RunningServer[]} servers each is stopped, whatever happens to the others; the first failure is thrown after */
export async function stopServers(servers) {
  const endings = await Promise.allSettled(servers.map((server) => server.stop()));
  const failed = endings.find((ending) => ending.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
}

/** Its own session, so that Ctrl-C in the terminal reaches the parent alone, which then stops things in order. @param {Launch} launch */
async function spawnDetached(launch) {
  const log = await open(launch.logFile, 'a');
  try {
    const [program, ...words] = launch.outliveParent === true ? commandOf(launch) : diesWithParent(launch);
    const child = spawn(/** @type {string} */ (program), words, {
      cwd: launch.dataDirectory,
      detached: true,
      stdio: ['ignore', log.fd, log.fd],
      env: { PATH: process.env.PATH, LANG: 'C.UTF-8', TZ: 'UTC', ...launch.environment },
      ...launch.user,
    });
    await Promise.race([once(child, 'spawn'), once(child, 'error').then(([error]) => Promise.reject(error))]);
    return child;
  } finally {
    await log.close();
  }
}

/** @param {Launch} launch @returns {string[]} */
function commandOf(launch) {
  return [launch.program, ...launch.arguments];
}

/** Where the kernel offers it, a parent that is killed takes its servers with it. @param {Launch} launch @returns {string[]} */
function diesWithParent(launch) {
  const setpriv = parentDeathHelper();
  if (setpriv === undefined) return commandOf(launch);
  return [setpriv, '--pdeathsig', launch.stopSignal.replace(/^SIG/, ''), '--', ...commandOf(launch)];
}

/** @type {string | null | undefined} */
let knownHelper;

function parentDeathHelper() {
  if (knownHelper === undefined) knownHelper = lookForHelper() ?? null;
  return knownHelper ?? undefined;
}

function lookForHelper() {
  const setpriv = process.platform === 'linux' ? findProgram('setpriv') : undefined;
  if (setpriv === undefined) return undefined;
  try {
    return execFileSync(setpriv, ['--help'], { encoding: 'utf8' }).includes('--pdeathsig') ? setpriv : undefined;
  } catch {
    // Busybox's namesake knows neither option; the record beside the data finds what a crash leaves.
    return undefined;
  }
}

/** @param {Launch} launch @param {Promise<string>} exited */
async function ready(launch, exited) {
  /** @type {string | undefined} */
  let ending;
  void exited.then((how) => (ending = how));
  const until = performance.now() + READY_WITHIN_MS;
  while (performance.now() < until) {
    if (ending !== undefined) throw await failedToStart(launch, `ended at once with ${ending}`);
    if (await launch.isReady()) return;
    await delay(POLL_EVERY_MS);
  }
  throw await failedToStart(launch, `was not ready within ${READY_WITHIN_MS / 1000} s`);
}

/** @param {Launch} launch @param {string} what */
async function failedToStart(launch, what) {
  const log = await readFile(launch.logFile, 'utf8').catch(() => '');
  if (/address already in use/i.test(log.slice(-LOG_TAIL_CHARACTERS)))
    return new PortBusyError(launch.name, launch.port);
  return new Error(
    `${launch.name} ${what} (${LOOPBACK}:${launch.port}). The end of ${launch.logFile}:\n${log.slice(-LOG_TAIL_CHARACTERS)}`,
  );
}

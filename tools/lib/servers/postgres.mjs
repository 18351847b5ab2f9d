/** A private PostgreSQL on a data directory of its own. */

import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { launchServer, onPort } from './launch.mjs';
import { LOOPBACK } from './ports.mjs';
import { postgresPrograms } from './postgres-programs.mjs';
import { serverSettings } from './postgres-settings.mjs';
import { reapStale } from './record.mjs';
import { giveTo, reachableDirectory, userFor } from './unprivileged.mjs';

const SUPERUSER = 'kraty_admin';
const GRACE_MS = 20_000;
const INITDB_WITHIN_MS = 60_000;

/** Backends of a postmaster that was killed leave by themselves; until they have, the cluster refuses to start. */
const ORPHANS_LEAVE_WITHIN_MS = 10_000;
const ORPHANS_POLL_MS = 100;

/** @typedef {import('./launch.mjs').RunningServer} RunningServer */
/** @typedef {import('./unprivileged.mjs').User} User */
/** @typedef {RunningServer & { socketDirectory: string | undefined, urlOf: (database: string) => string }} RunningPostgres */

/**
 * @typedef {object} PostgresOptions
 * @property {string} dataDirectory
 * @property {number} [port] a free one when left out
 * @property {string} [portSetting] what chooses the port, for the message when it is taken
 * @property {Record<string, string>} [settings] PostgreSQL's own, over the defaults here
 * @property {boolean} [outliveParent] keep running when this process ends without stopping it
 * @property {(text: string) => void} [onProgress]
 */

/**
 * `url` is the superuser's; `dataDirectory` of the answer is where the data really is.
 * @param {PostgresOptions} options
 * @returns {Promise<RunningPostgres>}
 */
export async function startPostgres(options) {
  const wanted = resolve(options.dataDirectory);
  const user = userFor(join(wanted, 'cluster'));
  const dataDirectory = await reachableDirectory(wanted, user);
  const programs = await postgresPrograms(user);
  const cluster = join(dataDirectory, 'cluster');
  await reapStale({ dataDirectory, signal: 'SIGINT', graceMs: GRACE_MS, suspectPid: await postmasterPid(cluster) });
  await rm(join(cluster, 'postmaster.pid'), { force: true });
  const durable = options.settings?.fsync !== 'off';
  if (!existsSync(cluster)) {
    options.onProgress?.('creating the PostgreSQL cluster');
    await createCluster({ initdb: programs.initdb, dataDirectory, cluster, user, durable });
  }
  const password = await readPassword(dataDirectory);
  return onPort({ name: 'PostgreSQL', ...options }, (port) =>
    patiently(() => launch({ program: programs.postgres, dataDirectory, cluster, user, password, port, options })),
  );
}

/**
 * @param {{ program: string, dataDirectory: string, cluster: string, user: User | undefined, password: string, port: number,
 *   options: PostgresOptions }} how
 * @returns {Promise<RunningPostgres>}
 */
async function launch({ program, dataDirectory, cluster, user, password, port, options }) {
  const { socketDirectory, words } = await serverSettings({ dataDirectory, user, port, settings: options.settings });
  const urlOf = (/** @type {string} */ database) =>
    `postgres://${SUPERUSER}:${password}@${LOOPBACK}:${port}/${database}`;
  const server = await launchServer({
    name: 'PostgreSQL',
    program,
    arguments: ['-D', cluster, ...words],
    port,
    url: urlOf('postgres'),
    dataDirectory,
    logFile: join(dataDirectory, 'postgres.log'),
    user,
    // SIGINT is the fast stop: sessions are ended and the data is left clean.
    stopSignal: 'SIGINT',
    graceMs: GRACE_MS,
    outliveParent: options.outliveParent,
    isReady: () => saysReady(cluster),
  });
  return { ...server, socketDirectory, urlOf };
}

/** @param {{ initdb: string, dataDirectory: string, cluster: string, user: User | undefined, durable: boolean }} how */
async function createCluster({ initdb, dataDirectory, cluster, user, durable }) {
  const unfinished = join(dataDirectory, 'cluster.unfinished');
  await rm(unfinished, { recursive: true, force: true });
  await mkdir(unfinished, { mode: 0o700 });
  await giveTo(unfinished, user);
  const passwordFile = await writePassword(dataDirectory, user);
  const access = ['--username', SUPERUSER, '--pwfile', passwordFile, '--auth=scram-sha-256'];
  // Without a locale of the machine, texts sort and fold alike everywhere.
  const language = ['--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];
  const words = ['-D', unfinished, ...access, ...language, ...(durable ? [] : ['--no-sync'])];
  await promisify(execFile)(initdb, words, {
    cwd: dataDirectory,
    timeout: INITDB_WITHIN_MS,
    env: { PATH: process.env.PATH, LANG: 'C', TZ: 'UTC' },
    ...user,
  });
  // A cluster is whole or absent: one that was cut short never bears the name.
  await rename(unfinished, cluster);
}

/** @param {string} dataDirectory @param {User | undefined} user @returns {Promise<string>} the file's path */
async function writePassword(dataDirectory, user) {
  const file = passwordFileIn(dataDirectory);
  await writeFile(file, randomBytes(24).toString('base64url'), { mode: 0o600 });
  await giveTo(file, user);
  return file;
}

/** @param {string} dataDirectory */
async function readPassword(dataDirectory) {
  return (await readFile(passwordFileIn(dataDirectory), 'utf8')).trim();
}

/** @param {string} dataDirectory */
function passwordFileIn(dataDirectory) {
  return join(dataDirectory, 'superuser.password');
}

/** @param {string} cluster @returns {Promise<number | undefined>} */
async function postmasterPid(cluster) {
  const [pid] = await postmasterFile(cluster);
  return pid === undefined ? undefined : Number(pid);
}

/** The eighth line of the lock file is where the server itself says how far it has come. @param {string} cluster */
async function saysReady(cluster) {
  const lines = await postmasterFile(cluster);
  return lines[7]?.trim() === 'ready';
}

/** @param {string} cluster @returns {Promise<string[]>} */
async function postmasterFile(cluster) {
  const text = await readFile(join(cluster, 'postmaster.pid'), 'utf8').catch(() => '');
  return text === '' ? [] : text.split('\n');
}

/**
 * Starts again while backends of a killed postmaster are still leaving.
 * @template T
 * @param {() => Promise<T>} start
 * @returns {Promise<T>}
 */
async function patiently(start) {
  const until = performance.now() + ORPHANS_LEAVE_WITHIN_MS;
  for (;;) {
    try {
      return await start();
    } catch (error) {
      const orphans = /pre-existing shared memory block/.test(String(error));
      if (!orphans || performance.now() > until) throw error;
      await new Promise((resume) => setTimeout(resume, ORPHANS_POLL_MS));
    }
  }
}

/** A private Redis. */

import { mkdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { launchServer, onPort } from './launch.mjs';
import { LOOPBACK } from './ports.mjs';
import { firstWords } from './probes.mjs';
import { requirePrograms } from './programs.mjs';
import { reapStale } from './record.mjs';

const GRACE_MS = 10_000;

/** @typedef {import('./launch.mjs').RunningServer} RunningServer */

/**
 * @param {object} options
 * @param {string} options.dataDirectory
 * @param {number} [options.port] a free one when left out
 * @param {string} [options.portSetting] what chooses the port, for the message when it is taken
 * @param {boolean} [options.persistent] keep an append-only file, flushed every second
 * @param {boolean} [options.outliveParent] keep running when this process ends without stopping it
 * @param {(text: string) => void} [options.onProgress]
 * @returns {Promise<RunningServer>}
 */
export async function startRedis(options) {
  const [program = ''] = await requirePrograms(['redis-server'], options.onProgress);
  const dataDirectory = resolve(options.dataDirectory);
  await mkdir(dataDirectory, { recursive: true });
  await reapStale({ dataDirectory, signal: 'SIGTERM', graceMs: GRACE_MS });
  return onPort({ name: 'Redis', ...options }, (port) =>
    launchServer({
      name: 'Redis',
      program,
      arguments: settings(dataDirectory, port, options.persistent === true),
      port,
      url: `redis://${LOOPBACK}:${port}`,
      dataDirectory,
      logFile: join(dataDirectory, 'redis.log'),
      stopSignal: 'SIGTERM',
      outliveParent: options.outliveParent,
      graceMs: GRACE_MS,
      isReady: async () => (await firstWords(port, 'PING\r\n')).startsWith('+PONG'),
    }),
  );
}

/** @param {string} dataDirectory @param {number} port @param {boolean} persistent @returns {string[]} */
function settings(dataDirectory, port, persistent) {
  const network = ['--bind', LOOPBACK, '--port', String(port), '--daemonize', 'no', '--loglevel', 'notice'];
  const durability = ['--save', '', '--appendonly', persistent ? 'yes' : 'no', '--appendfsync', 'everysec'];
  // A full Redis must refuse writes and never drop a board silently.
  return [...network, ...durability, '--dir', dataDirectory, '--maxmemory-policy', 'noeviction'];
}

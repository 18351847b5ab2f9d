/** A private NATS server with JetStream. */

import { mkdir, writeFile } from 'node:fs/promises';
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
 * @param {boolean} [options.outliveParent] keep running when this process ends without stopping it
 * @param {(text: string) => void} [options.onProgress]
 * @returns {Promise<RunningServer>}
 */
export async function startNats(options) {
  const [program = ''] = await requirePrograms(['nats-server'], options.onProgress);
  const dataDirectory = resolve(options.dataDirectory);
  await mkdir(join(dataDirectory, 'jetstream'), { recursive: true });
  await reapStale({ dataDirectory, signal: 'SIGTERM', graceMs: GRACE_MS });
  const settingsFile = join(dataDirectory, 'nats.conf');
  return onPort({ name: 'NATS', ...options }, async (port) => {
    await writeFile(settingsFile, settings(dataDirectory, port));
    return launchServer({
      name: 'NATS',
      program,
      arguments: ['--config', settingsFile],
      port,
      url: `nats://${LOOPBACK}:${port}`,
      dataDirectory,
      logFile: join(dataDirectory, 'nats.log'),
      stopSignal: 'SIGTERM',
      outliveParent: options.outliveParent,
      graceMs: GRACE_MS,
      isReady: async () => (await firstWords(port, '')).startsWith('INFO'),
    });
  });
}

/** Bounds, not reservations: a stream that asks for more than these is refused when it is made. @param {string} dataDirectory @param {number} port */
function settings(dataDirectory, port) {
  return `listen: "${LOOPBACK}:${port}"
max_payload: 16MB
max_pending: 64MB
max_connections: 1000
write_deadline: "10s"
jetstream {
  store_dir: ${JSON.stringify(join(dataDirectory, 'jetstream'))}
  max_memory_store: 256MB
  max_file_store: 16GB
}
`;
}

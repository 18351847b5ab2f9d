/** The data directory: one `npm start` at a time, and nothing left of one that was killed. */

import { existsSync } from 'node:fs';
import { chmod, mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { eraseRecord, writeRecord } from '../lib/servers/record.mjs';
import { reapStale } from '../lib/servers.mjs';

const OWN_NAME = 'Kraty';
/** Longer than a service may take to finish what is in flight. */
const GRACE_MS = 25_000;
/** PostgreSQL under root runs as another user, who must pass through; what is secret is closed file by file. */
const PASSABLE = 0o711;

/**
 * @param {string} dataDirectory
 * @returns {Promise<import('./crew.mjs').Member>} gives it back
 * @throws ServerInUseError while another living process has it
 */
export async function takeDirectory(dataDirectory) {
  if (!existsSync(dataDirectory)) {
    await mkdir(dataDirectory, { recursive: true });
    await chmod(dataDirectory, PASSABLE);
  }
  await reapStale({ dataDirectory, signal: 'SIGTERM', graceMs: GRACE_MS });
  await writeRecord(dataDirectory, OWN_NAME, process.pid);
  await endLeftovers(join(dataDirectory, 'processes'));
  return { name: dataDirectory, stop: () => eraseRecord(dataDirectory), kill: () => eraseRecord(dataDirectory) };
}

/** Services of a parent that was killed would keep the ports, whichever way they were started then. @param {string} directory */
async function endLeftovers(directory) {
  const names = existsSync(directory) ? await readdir(directory) : [];
  await Promise.all(
    names.map((name) => reapStale({ dataDirectory: join(directory, name), signal: 'SIGTERM', graceMs: GRACE_MS })),
  );
}

/** How the private PostgreSQL is set: for a small machine that it shares with everything else. */

import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { LOOPBACK } from './ports.mjs';
import { giveTo } from './unprivileged.mjs';

/** The kernel's limit for a socket's path is 107 bytes (103 on macOS), and the socket's own name takes 20 of them. */
const SOCKET_DIRECTORY_MAX_BYTES = 80;

/** Private means alone on its data: no standby reads the WAL, so it carries only what a crash needs. */
const DEFAULTS = {
  max_connections: '200',
  shared_buffers: '128MB',
  jit: 'off',
  max_parallel_workers_per_gather: '0',
  wal_level: 'minimal',
  max_wal_senders: '0',
  wal_buffers: '16MB',
  min_wal_size: '256MB',
  max_wal_size: '1GB',
  checkpoint_timeout: '15min',
  checkpoint_completion_target: '0.9',
  fsync: 'on',
  synchronous_commit: 'on',
  // A table that has just begun to fill gets its statistics before the planner has guessed badly for a minute.
  autovacuum_naptime: '10s',
  timezone: 'UTC',
  log_timezone: 'UTC',
  log_min_messages: 'warning',
  log_checkpoints: 'off',
};

/**
 * @param {{ dataDirectory: string, user: import('./unprivileged.mjs').User | undefined, port: number,
 *   settings?: Record<string, string> }} how
 * @returns {Promise<{ socketDirectory: string | undefined, words: string[] }>} words for the command line
 */
export async function serverSettings({ dataDirectory, user, port, settings = {} }) {
  const socketDirectory = await makeSocketDirectory(dataDirectory, user);
  const all = {
    ...DEFAULTS,
    ...settings,
    listen_addresses: LOOPBACK,
    port: String(port),
    unix_socket_directories: socketDirectory ?? '',
  };
  return { socketDirectory, words: Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`]) };
}

/** @param {string} dataDirectory @param {import('./unprivileged.mjs').User | undefined} user */
async function makeSocketDirectory(dataDirectory, user) {
  const directory = join(dataDirectory, 'sockets');
  if (Buffer.byteLength(directory) > SOCKET_DIRECTORY_MAX_BYTES) return undefined;
  await mkdir(directory, { recursive: true, mode: 0o700 });
  await giveTo(directory, user);
  return directory;
}

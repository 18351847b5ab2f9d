/** For data that need not survive the machine: where it goes, and what PostgreSQL may then leave undone. */

import { accessSync, constants, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';

const MEMORY_FOLDER = '/dev/shm';

/** A run of all tests stays well below; containers with the usual 64 MB of shared memory use the disk. */
const MEMORY_NEEDED_BYTES = 2 * 1024 ** 3;

/**
 * Commits still leave the process before they are acknowledged, so a test may kill the server and count on what it was
 * told. The WAL is kept short because it may be memory that it takes, and shared memory lies in the data directory so
 * that a killed server's goes with the directory.
 */
export const THROWAWAY_SETTINGS = {
  fsync: 'off',
  full_page_writes: 'off',
  min_wal_size: '64MB',
  max_wal_size: '256MB',
  dynamic_shared_memory_type: 'mmap',
  // As many test files share it as run side by side, each with a pool for every service.
  max_connections: '500',
};

/**
 * The folder for throwaway data: in memory where there is enough of it. Copying a migrated database there takes 15 ms
 * instead of the 100 to 400 that a thousand small files take on a disk.
 * @returns {string}
 */
export function throwawayFolder() {
  return isRoomy(MEMORY_FOLDER) ? MEMORY_FOLDER : tmpdir();
}

/** @param {string} folder */
function isRoomy(folder) {
  try {
    accessSync(folder, constants.W_OK);
    const { bavail, bsize } = statfsSync(folder);
    return bavail * bsize >= MEMORY_NEEDED_BYTES;
  } catch {
    return false;
  }
}

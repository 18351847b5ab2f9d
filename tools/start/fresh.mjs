/** `--fresh`: the data is forgotten, and it is said what was. */

import { existsSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import { roleOf } from '../lib/migrations.mjs';
import { urlOfDatabase, withSession } from '../lib/migration-session.mjs';
import { reapStale, removeDirectory } from '../lib/servers.mjs';
import { databaseOf } from './databases.mjs';

/** Everything that `npm start` ever puts into the data directory; what else is there belongs to somebody else. */
const DIRECTORIES = ['postgres', 'redis', 'nats'];
const OTHERS = [
  'processes',
  'secrets.json',
  'games.json',
  'kraty.json',
  'processes.json',
  'databases.json',
  'broker.json',
];

const GRACE_MS = 20_000;
const NO_SUCH_DATABASE = '3D000';

/**
 * @param {string} dataDirectory
 * @param {import('./settings.mjs').Settings['given']} given servers of the user's own
 * @param {string[]} services that have a schema
 * @returns {Promise<string[]>} what was removed, and what was not, in sentences
 */
export async function forgetData(dataDirectory, given, services) {
  const removed = [];
  for (const name of DIRECTORIES.filter((one) => existsSync(join(dataDirectory, one)))) {
    await endLeftover(join(dataDirectory, name));
    await removeDirectory(join(dataDirectory, name));
    removed.push(name);
  }
  for (const name of OTHERS.filter((one) => existsSync(join(dataDirectory, one)))) {
    await rm(join(dataDirectory, name), { recursive: true });
    removed.push(name);
  }
  const sentences = [
    removed.length > 0
      ? `Removed from ${dataDirectory}: ${removed.join(', ')}.`
      : `There was nothing to remove in ${dataDirectory}.`,
  ];
  if (given.postgres !== undefined) sentences.push(await forgetSchemas(given.postgres, services));
  const left = [given.redis, given.nats].flatMap((server) => (server === undefined ? [] : [server.variable]));
  if (left.length > 0) sentences.push(`What the servers of ${left.join(' and ')} hold is left alone.`);
  return sentences;
}

/** A server that outlived its parent must not write into a directory that is going. @param {string} directory */
async function endLeftover(directory) {
  const elsewhere = await readFile(join(directory, 'moved-to'), 'utf8').catch(() => '');
  for (const dataDirectory of [directory, elsewhere].filter((path) => path !== '')) {
    await reapStale({ dataDirectory, signal: 'SIGINT', graceMs: GRACE_MS });
  }
}

/**
 * Only schemas that belong to our roles: another program's schema may bear the name of one of ours.
 * @param {import('./settings.mjs').GivenServer} server @param {string[]} services
 */
async function forgetSchemas({ variable, url }, services) {
  const database = databaseOf(url);
  const ours = await withSession(urlOfDatabase(url, database), (client) => dropSchemas(client, services)).catch(
    (error) => {
      if (error.code === NO_SUCH_DATABASE) return [];
      throw error;
    },
  );
  if (ours.length === 0) return `The database ${database} of ${variable} held no schema of ours.`;
  return `Dropped from the database ${database} of ${variable}: the schemas ${ours.join(', ')}.`;
}

/** @param {import('pg').Client} client @param {string[]} services @returns {Promise<string[]>} */
async function dropSchemas(client, services) {
  const { rows } = await client.query(
    `select nspname as name, rolname as owner from pg_namespace join pg_roles on pg_roles.oid = nspowner
      where nspname = any($1) order by nspname`,
    [services],
  );
  const ours = rows.filter(({ name, owner }) => owner === roleOf(name)).map(({ name }) => name);
  for (const name of ours) await client.query(`drop schema ${pg.escapeIdentifier(name)} cascade`);
  return ours;
}

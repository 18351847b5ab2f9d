/** One database, and in it one schema and one login role a service that can reach nothing else (architecture §2). */

import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { urlOfDatabase, withSession } from './migration-session.mjs';

const SERVICE_PATTERN = /^[a-z][a-z0-9_]{0,40}$/;
/** Where everyone meets who changes roles: they belong to the whole cluster, and locks to one database of it. */
const MEETING_DATABASE = 'postgres';
const LOCK = 'kraty provision';
const NO_SUCH_DATABASE = '3D000';
const DATABASE_EXISTS = new Set(['42P04', '23505']);

const { escapeIdentifier: name, escapeLiteral: text } = pg;

/**
 * @typedef {object} ProvisionOptions
 * @property {string} superuserUrl may name any database of the cluster
 * @property {string} database is created when it is missing
 * @property {string[]} services
 * @property {Record<string, string>} [passwords] by service; one that is missing is drawn, and an older one is replaced
 */

/**
 * Creates what is missing and sets what differs. Any number of processes may do so at once and again.
 *
 * @param {ProvisionOptions} options
 * @returns {Promise<Record<string, string>>} each service's own connection string
 */
export async function provision({ superuserUrl, database, services, passwords = {} }) {
  const roles = services.map((service) => ({
    service,
    role: roleOf(service),
    password: passwords[service] ?? randomBytes(24).toString('base64url'),
  }));
  await atMeetingPlace(superuserUrl, async (client) => {
    await client.query('select pg_advisory_lock(hashtext($1))', [LOCK]);
    await createDatabase(client, database);
    await withSession(urlOfDatabase(superuserUrl, database), (inside) => provisionInside(inside, database, roles));
  });
  return Object.fromEntries(roles.map((one) => [one.service, urlOf(superuserUrl, database, one)]));
}

/** @param {string} service @returns {string} */
export function roleOf(service) {
  if (SERVICE_PATTERN.test(service)) return `kraty_${service}`;
  throw new Error(`"${service}" cannot name a service: take lower-case letters, digits and underscores.`);
}

/** Not every managed server has the usual database; then those meet who were given the same address. */
async function atMeetingPlace(superuserUrl, work) {
  try {
    return await withSession(urlOfDatabase(superuserUrl, MEETING_DATABASE), work);
  } catch (error) {
    if (error.code !== NO_SUCH_DATABASE) throw error;
    return withSession(superuserUrl, work);
  }
}

async function createDatabase(client, database) {
  const { rowCount } = await client.query('select 1 from pg_database where datname = $1', [database]);
  if (rowCount) return;
  try {
    await client.query(`create database ${name(database)}`);
  } catch (error) {
    // Someone who does not know our lock was quicker.
    if (!DATABASE_EXISTS.has(error.code)) throw error;
  }
}

/** One message, hence one transaction, for the database and one for each service. */
async function provisionInside(client, database, roles) {
  await client.query(`revoke all on database ${name(database)} from public; revoke all on schema public from public`);
  for (const { service, role, password } of roles) {
    await client.query(await statementsFor(client, { database, schema: service, role, password }));
  }
}

async function statementsFor(client, { database, schema, role, password }) {
  const { rows } = await client.query(
    `select (select rolsuper from pg_roles where rolname = current_user) as superuser,
            exists (select from pg_roles where rolname = $1) as known`,
    [role],
  );
  const [{ superuser, known }] = rows;
  const create = known ? '' : `create role ${name(role)};`;
  // Whoever may create roles without being a superuser has to be a member to give a role what it owns.
  const join = superuser ? '' : `grant ${name(role)} to current_user;`;
  const powers = superuser
    ? 'nosuperuser nocreatedb nocreaterole noreplication nobypassrls'
    : 'nocreatedb nocreaterole';
  return `${create}
    alter role ${name(role)} login ${powers} password ${text(password)};
    ${join}
    grant connect on database ${name(database)} to ${name(role)};
    create schema if not exists ${name(schema)} authorization ${name(role)};
    alter schema ${name(schema)} owner to ${name(role)};
    revoke all on schema ${name(schema)} from public;
    alter role ${name(role)} in database ${name(database)} set search_path = ${name(schema)};
    alter role ${name(role)} in database ${name(database)} set timezone = 'UTC'`;
}

function urlOf(superuserUrl, database, { role, password }) {
  const url = new URL(urlOfDatabase(superuserUrl, database));
  url.username = role;
  url.password = encodeURIComponent(password);
  return url.href;
}

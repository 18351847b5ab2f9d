/** Applies a service's pending migrations. */

import { sessionAdapter } from './migration-adapter.mjs';
import { withEngine } from './migration-engine.mjs';
import { readMigrations, readSchema, scriptOf } from './migration-files.mjs';
import { withSession } from './migration-session.mjs';

const LOCK = 'kraty migrations';
/** Instances that start together wait for the one that migrates. */
const LOCK_WITHIN_MS = 120_000;
/** A change of a table that is in use gives up rather than hold up everyone who comes after it. */
const TABLE_LOCK_WITHIN_MS = 30_000;

const everything = { externalTables: [], externalEnums: [] };

/** @typedef {import('@prisma/schema-engine-wasm').SchemaEngine} SchemaEngine */
/** @typedef {import('./migration-files.mjs').MigrationList} MigrationList */

/**
 * Applies what is pending. Safe from several processes at once, and after a process was killed in the middle: the
 * script and the mark that it is done are one transaction.
 *
 * @param {{ url: string, service: string, folder?: string }} what `url` is the service's own
 * @returns {Promise<string[]>} the migrations that were applied now
 * @throws Error that says which migration failed and why; nothing of that one has happened
 */
export async function deploy({ url, service, folder }) {
  const list = await readMigrations(service, folder);
  const { path, content } = await readSchema(service, folder);
  return withSession(url, async (client) => {
    await takeLock(client);
    const main = sessionAdapter(client, { schema: await ownSchema(client, service), runScript });
    return withEngine({ main, datamodels: [[path, content]] }, (engine) => apply(engine, service, list)).catch(
      async (error) => {
        const migration = main.refusal === undefined ? '' : `${await unfinished(client)}: `;
        throw new Error(`${service} could not be migrated. ${migration}${error.message}`, { cause: error });
      },
    );
  });
}

async function apply(engine, service, list) {
  await settleHistory(engine, service, list);
  const { appliedMigrationNames } = await engine.applyMigrations({ migrationsList: list, filters: everything });
  return appliedMigrationNames;
}

async function unfinished(client) {
  const { rows } = await client.query(
    'select migration_name as name from _prisma_migrations where finished_at is null and rolled_back_at is null',
  );
  return rows.map(({ name }) => name).join(', ');
}

/** The engine has a lock of its own, but gives up after ten seconds. */
async function takeLock(client) {
  await client.query(`set statement_timeout = 0; set lock_timeout = ${LOCK_WITHIN_MS}`);
  await client.query('select pg_advisory_lock(hashtext($1))', [LOCK]);
  await client.query(`set lock_timeout = ${TABLE_LOCK_WITHIN_MS}`);
}

async function ownSchema(client, service) {
  const { rows } = await client.query('select current_schema() as schema, current_user as role');
  const [{ schema, role }] = rows;
  if (schema) return schema;
  throw new Error(`the role ${role} has no schema; create it first (tools/provision.mjs does for ${service})`);
}

/** The engine marks a migration as done in a second step; a crash between the two would leave it neither. */
async function runScript(client, script) {
  if (!isAtomic(script)) return void (await client.query(script));
  await client.query(`${script}
    ;update _prisma_migrations set finished_at = now() where finished_at is null and rolled_back_at is null`);
}

/** What PostgreSQL refuses inside a transaction stands alone in its migration. */
function isAtomic(script) {
  return !/^\s*(create|drop|alter|reindex|refresh)\b[^;]*\bconcurrently\b|^\s*(begin|commit|vacuum)\b/im.test(script);
}

/** @param {SchemaEngine} engine @param {string} service @param {MigrationList} list */
async function settleHistory(engine, service, list) {
  const { editedMigrationNames, failedMigrationNames } = await engine.diagnoseMigrationHistory({
    migrationsList: list,
    optInToShadowDatabase: false,
    filters: everything,
  });
  const edited = editedMigrationNames.filter((name) => !failedMigrationNames.includes(name));
  if (edited.length > 0) {
    throw new Error(
      `${edited.join(', ')} changed after this database had it. A migration is never edited: put it back` +
        ' and write a new one, or, if the data may go, begin with an empty database (npm start -- --fresh).',
    );
  }
  for (const name of failedMigrationNames) await forgetFailure(engine, service, list, name);
}

/** Of a migration that failed as a whole nothing remains, so it is simply tried again. */
async function forgetFailure(engine, service, list, name) {
  const script = scriptOf(list, name);
  if (script !== undefined && !isAtomic(script)) {
    throw new Error(
      `${name} stopped half-way earlier and cannot be undone as a whole. Look what of it is there, remove that, and` +
        ` say so: npm run migration -- undone ${service} ${name}`,
    );
  }
  await engine.markMigrationRolledBack({ migrationName: name });
}

/**
 * Records that nothing is left of a migration that failed, so that the next deployment tries it again.
 * @param {{ url: string, service: string, migration: string, folder?: string }} what
 */
export async function markUndone({ url, service, migration, folder }) {
  const { path, content } = await readSchema(service, folder);
  await withSession(url, async (client) => {
    await takeLock(client);
    const main = sessionAdapter(client, { schema: await ownSchema(client, service) });
    await withEngine({ main, datamodels: [[path, content]] }, (engine) =>
      engine.markMigrationRolledBack({ migrationName: migration }),
    );
  });
}

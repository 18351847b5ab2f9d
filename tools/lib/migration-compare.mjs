/** Compares a service's schema with what its migrations build, on an empty database that is dropped afterwards. */

import { randomBytes } from 'node:crypto';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sessionAdapter } from './migration-adapter.mjs';
import { withEngine } from './migration-engine.mjs';
import { readMigrations, readSchema, slugOf, writeMigration } from './migration-files.mjs';
import { urlOfDatabase, withSession } from './migration-session.mjs';
import { removeDirectory, startPostgres } from './servers.mjs';

const everything = { externalTables: [], externalEnums: [] };
/** Nothing on the scratch server has to survive anything. */
const SCRATCH_SETTINGS = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' };

/**
 * Runs after all migrations. The engine takes a partial or expression index for a plain one on the same columns, and
 * would rename it where the schema asks for an index; so none is left when it looks.
 */
const beyondTheLanguage = {
  path: '99999999999999_beyond_the_schema_language',
  sql: `do $$ declare beyond regclass; begin
    for beyond in select indexrelid::regclass from pg_index join pg_class on pg_class.oid = indrelid
                   where relnamespace = current_schema()::regnamespace
                     and (indpred is not null or indexprs is not null) loop
      execute format('drop index %s', beyond);
    end loop;
  end $$`,
};

/** @typedef {{ superuserUrl?: string, folder?: string }} Where a private server is started when no address is given */

/**
 * Whether migrations and schema say the same. Partial and expression indexes, triggers, checks and storage settings are
 * beyond Prisma's schema language: the engine does not look at them, so they live in the migrations alone.
 *
 * @param {{ service: string } & Where} what
 * @returns {Promise<{ agrees: boolean, difference: string }>} `difference`: the SQL that would make them agree
 */
export async function checkMigrations({ service, superuserUrl, folder }) {
  const sql = await withScratchServer(superuserUrl, (url) => difference(url, service, folder));
  return { agrees: sql === '', difference: sql };
}

/**
 * Writes the migration that leads from what is there to the schema. When they agree already it holds only the place for
 * SQL of one's own.
 *
 * @param {{ service: string, name: string, now?: Date } & Where} what
 * @returns {Promise<{ file: string, empty: boolean, destroys: string[] }>} `destroys`: statements that lose data
 */
export async function createMigration({ service, name, superuserUrl, folder, now }) {
  slugOf(name);
  const sql = await withScratchServer(superuserUrl, (url) => difference(url, service, folder));
  const file = await writeMigration({ service, name, folder, now, sql: `-- Why: ${name.trim()}.\n\n${sql}` });
  return { file, empty: sql === '', destroys: destructive(sql) };
}

/**
 * Runs `work` with the superuser's address of a server where databases may be made and dropped.
 *
 * @template T
 * @param {string | undefined} given
 * @param {(url: string) => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withScratchServer(given, work) {
  if (given) return work(given);
  const directory = await mkdtemp(join(tmpdir(), 'kraty-scratch-'));
  const server = await startPostgres({ dataDirectory: directory, settings: SCRATCH_SETTINGS });
  try {
    return await work(server.url);
  } finally {
    await server.stop();
    await removeDirectory(directory);
  }
}

async function difference(url, service, folder) {
  const schema = await readSchema(service, folder);
  const list = await readMigrations(service, folder);
  return withScratchDatabase(url, async (client) => {
    const scratch = sessionAdapter(client, { schema: 'public' });
    const { stdout } = await withEngine(
      { main: scratch, shadow: scratch, datamodels: [[schema.path, schema.content]] },
      (engine) =>
        engine.diff({
          from: { tag: 'migrations', ...expressible(list) },
          to: { tag: 'schemaDatamodel', files: [schema] },
          script: true,
          exitCode: true,
          filters: everything,
        }),
    );
    return meaningful(stdout ?? '');
  });
}

function expressible(list) {
  const { path, sql } = beyondTheLanguage;
  const last = {
    path,
    migrationFile: { path: 'migration.sql', content: { tag: /** @type {const} */ ('ok'), value: sql } },
  };
  return { ...list, migrationDirectories: [...list.migrationDirectories, last] };
}

/** The engine says "nothing" in a comment. */
function meaningful(sql) {
  return sql.replace(/^\s*-- This is an empty migration\.\s*$/m, '').trim() === '' ? '' : sql;
}

async function withScratchDatabase(url, work) {
  const database = `kraty_scratch_${randomBytes(6).toString('hex')}`;
  return withSession(url, async (admin) => {
    await admin.query(`create database ${database}`);
    try {
      return await withSession(urlOfDatabase(url, database), work);
    } finally {
      await admin.query(`drop database if exists ${database} with (force)`);
    }
  });
}

/** @param {string} sql @returns {string[]} */
function destructive(sql) {
  const statements = sql.split(/;\s*\n/).map((statement) => statement.replace(/^--.*\n/gm, '').trim());
  return statements.filter((statement) => /\bdrop\s+(table|column)\b|\balter\s+column\b.*\btype\b/i.test(statement));
}

/**
 * One PostgreSQL session in the form that Prisma's schema engine wants. `@prisma/adapter-pg` is made for queries: it
 * hands out a pool, so a lock taken on one connection is not held on the next, cuts scripts at every semicolon, also
 * those inside a function's body, and does not know the catalog's type "char".
 */

import { ColumnTypeEnum, DriverAdapterError } from '@prisma/driver-adapter-utils';
import pg from 'pg';

const { builtins } = pg.types;
const CHAR = 18;
const NAME = 19;
const NAME_ARRAY = 1003;
const CHAR_ARRAY = 1002;
const TEXT_ARRAY = 1009;

/** PostgreSQL's type id -> the engine's, for what the engine reads: the catalog and its own table. */
const columnTypes = new Map([
  [builtins.BOOL, ColumnTypeEnum.Boolean],
  [builtins.INT2, ColumnTypeEnum.Int32],
  [builtins.INT4, ColumnTypeEnum.Int32],
  [builtins.INT8, ColumnTypeEnum.Int64],
  [builtins.OID, ColumnTypeEnum.Int64],
  [builtins.FLOAT4, ColumnTypeEnum.Float],
  [builtins.FLOAT8, ColumnTypeEnum.Double],
  [CHAR, ColumnTypeEnum.Character],
  [builtins.TIMESTAMPTZ, ColumnTypeEnum.DateTime],
  [builtins.JSON, ColumnTypeEnum.Json],
  [builtins.JSONB, ColumnTypeEnum.Json],
  [CHAR_ARRAY, ColumnTypeEnum.CharacterArray],
  [NAME_ARRAY, ColumnTypeEnum.TextArray],
  [TEXT_ARRAY, ColumnTypeEnum.TextArray],
]);
const textTypes = new Set([builtins.TEXT, builtins.VARCHAR, builtins.BPCHAR, builtins.UUID, NAME]);

/** Times arrive as the engine parses them; the session's zone is UTC. */
const parsers = new pg.TypeOverrides();
parsers.setTypeParser(builtins.TIMESTAMPTZ, (text) => text.replace(' ', 'T').replace(/\+00$/, '+00:00'));
parsers.setTypeParser(builtins.JSON, (text) => text);
parsers.setTypeParser(builtins.JSONB, (text) => text);

/** @typedef {import('@prisma/driver-adapter-utils').SqlDriverAdapter} SqlDriverAdapter */
/** @typedef {import('@prisma/driver-adapter-utils').SqlQuery} SqlQuery */

/** @typedef {(client: pg.Client, script: string) => Promise<unknown>} RunScript */

/**
 * @param {pg.Client} client connected, its zone UTC; stays the caller's and open
 * @param {{ schema: string, runScript?: RunScript }} how
 * @returns {SqlDriverAdapter & { refusal?: string }} `refusal`: why PostgreSQL refused a script, in its own words
 */
export function sessionAdapter(client, { schema, runScript = runAsOne }) {
  const information = { provider: /** @type {const} */ ('postgres'), adapterName: '@prisma/adapter-pg' };
  const queries = {
    ...information,
    queryRaw: (/** @type {SqlQuery} */ query) => told(() => readRows(client, query)),
    executeRaw: (/** @type {SqlQuery} */ query) => told(() => countRows(client, query)),
  };
  const adapter = {
    ...queries,
    refusal: undefined,
    executeScript: (script) => told(() => runNoting(adapter, script, () => runScript(client, script))),
    startTransaction: () => told(() => begin(client, queries)),
    getConnectionInfo: () => ({ schemaName: schema, supportsRelationJoins: true }),
    dispose: async () => undefined,
  };
  return adapter;
}

/** The engine has words of its own for some refusals, and they say less. */
async function runNoting(adapter, script, run) {
  try {
    await run();
  } catch (error) {
    adapter.refusal = refusalIn(script, error);
    throw error;
  }
}

function refusalIn(script, { message, detail, position }) {
  const line = position === undefined ? '' : ` (line ${script.slice(0, Number(position)).split('\n').length})`;
  return `${message}${line}${detail ? `\n${detail}` : ''}`;
}

/** Several statements in one message are one transaction: all of a script happens, or nothing. */
async function runAsOne(client, script) {
  await client.query(script);
}

/** The engine itself sends the last statement of its transactions. */
async function begin(client, queries) {
  await client.query('begin');
  const done = async () => undefined;
  return { ...queries, options: { usePhantomQuery: false }, commit: done, rollback: done };
}

async function readRows(client, { sql, args }) {
  const { fields, rows } = await client.query({ text: sql, values: args, rowMode: 'array', types: parsers });
  return {
    columnNames: fields.map((field) => field.name),
    columnTypes: fields.map((field) => columnType(field)),
    rows,
  };
}

async function countRows(client, { sql, args }) {
  return (await client.query({ text: sql, values: args })).rowCount ?? 0;
}

function columnType({ name, dataTypeID }) {
  const known = columnTypes.get(dataTypeID);
  if (known !== undefined) return known;
  if (textTypes.has(dataTypeID)) return ColumnTypeEnum.Text;
  throw new DriverAdapterError({ kind: 'UnsupportedNativeDataType', type: `${dataTypeID} of column ${name}` });
}

/** Refusals of PostgreSQL in the engine's form, so that it can store and repeat them; all others pass. */
async function told(work) {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof pg.DatabaseError)) throw error;
    const { code = 'N/A', severity = 'N/A', message, detail, column, hint } = error;
    throw new DriverAdapterError({ kind: 'postgres', code, severity, message, detail, column, hint });
  }
}

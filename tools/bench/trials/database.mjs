/** Rows put straight into the tables: nobody plays a million attempts to measure what becomes of them. */

import pg from 'pg';

/** @template T @param {string} databaseUrl @param {(client: pg.Client) => Promise<T>} work @returns {Promise<T>} */
export async function withDatabase(databaseUrl, work) {
  const client = new pg.Client({ connectionString: databaseUrl });
  // Whoever stops the bench stops the server under it.
  client.on('error', () => undefined);
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** Rows written by one statement. */
const CHUNK = 50_000;

/**
 * Fills up a table in chunks.
 * @param {pg.Client} client @param {string} sql with `$1` and `$2` for the first and the last number of a chunk
 * @param {unknown[]} values from `$3` on
 * @param {number} count @param {(done: number) => void} tell
 */
export async function inChunks(client, sql, values, count, tell) {
  for (let from = 1; from <= count; from += CHUNK) {
    const to = Math.min(count, from + CHUNK - 1);
    await client.query(sql, [from, to, ...values]);
    tell(to);
  }
}

/**
 * A row of somebody else for each number: the same as the given one but for what `changes` says, so that the bench
 * need not know every column.
 * @param {string} table @param {string} where of the one row that is copied @param {string} changes pairs of key and value over `n`
 */
export function copies(table, where, changes) {
  return `insert into ${table}
    select copy.* from (select * from ${table} as row where ${where} limit 1) as row,
           generate_series($1::int, $2::int) as n,
           lateral jsonb_populate_record(row::${table}, jsonb_build_object(${changes})) as copy`;
}

/** Ids of the participants that are made up; the same number gives the same one in every table. */
export const participant = `md5('participant ' || n)::uuid`;
/** Many scores come more than once, so that ties are part of it. */
export const scoreOfNumber = `(n::bigint * 7919) % 250000`;

/** Connections of the tools that build schemas. */

import pg from 'pg';

const CONNECT_WITHIN_MS = 10_000;

/**
 * Runs `work` on a connection of its own.
 *
 * @template T
 * @param {string} url
 * @param {(client: pg.Client) => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function withSession(url, work) {
  const client = new pg.Client({
    connectionString: url,
    application_name: 'kraty-migration',
    connectionTimeoutMillis: CONNECT_WITHIN_MS,
  });
  // A connection that breaks is told by the statement that waits for it; without a listener it would end the process.
  client.on('error', () => undefined);
  await client.connect();
  try {
    await client.query(`set time zone 'UTC'`);
    return await work(client);
  } finally {
    await client.end();
  }
}

/** The same server and user, another database. @param {string} url @param {string} database @returns {string} */
export function urlOfDatabase(url, database) {
  const other = new URL(url);
  other.pathname = `/${encodeURIComponent(database)}`;
  return other.href;
}

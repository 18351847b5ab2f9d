/** What autovacuum does within a minute, done at once: the players of the bench come faster than any real ones. */

import pg from 'pg';

/** @param {string} databaseUrl */
export async function settle(databaseUrl) {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await client.query('vacuum (analyze, skip_locked)');
  } finally {
    await client.end();
  }
}

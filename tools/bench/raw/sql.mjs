/** What PostgreSQL gives at most: one prepared statement a call, which writes what a progress call has to write. */

import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { loop } from './loop.mjs';

const CONNECTIONS = 16;
const CALLERS = 64;
const ATTEMPTS = 2_000;
const SCHEMA = 'bench_raw';
const TABLES = ['attempt', 'idempotency_record', 'outbox'];
/** As long as a progress reply and a fact of it are. Characters. */
const REPLY_LENGTH = 420;
const FACT_LENGTH = 700;

const WRITE = `with written as (
    update ${SCHEMA}.attempt
       set score = score + 1, best_score = score + 1, best_at = now(), progress_count = progress_count + 1,
           last_progress_at = now(), metrics_raw = $2::jsonb
     where id = $1
     returning id
  ), recorded as (
    insert into ${SCHEMA}.idempotency_record (game_id, environment, operation, key, request_hash, status, reply)
    values ($3, 'live', $4, $5, $6, 200, $7)
  )
  insert into ${SCHEMA}.outbox (id, subject, payload) values ($8, $9, $10)`;

/** @param {{ url: string, seconds: number, warmUpSeconds: number }} job @param {import('../worker-side.mjs').Tell} tell */
export async function sql({ url, ...shape }, tell) {
  const pool = new pg.Pool({ connectionString: url, max: CONNECTIONS });
  try {
    const gameId = randomUUID();
    const attempts = await makeTables(pool, gameId);
    const [metrics, hash] = ['{"shells": 12}', 'f'.repeat(64)];
    const [reply, fact] = ['r'.repeat(REPLY_LENGTH), 'f'.repeat(FACT_LENGTH)];
    return await loop({ ...shape, callers: CALLERS }, tell, (turn) => {
      const attempt = attempts[turn % attempts.length];
      const operation = `POST /sdk/v1/players/p${turn}/events/pearl_tide/attempts/${attempt}/progress`;
      const key = [gameId, operation, `bench-${turn}`, hash, reply];
      const values = [attempt, metrics, ...key, randomUUID(), 'kraty.fact.events.attempt.scored', fact];
      return pool.query({ name: 'bench_raw_write', text: WRITE, values });
    });
  } finally {
    await pool.query(`drop schema if exists ${SCHEMA} cascade`).catch(() => undefined);
    await pool.end();
  }
}

/** With the columns and indexes of the service's own tables. @param {pg.Pool} pool @param {string} gameId */
async function makeTables(pool, gameId) {
  await pool.query(`drop schema if exists ${SCHEMA} cascade; create schema ${SCHEMA}`);
  for (const table of TABLES) {
    await pool.query(`create table ${SCHEMA}.${table} (like events.${table} including all)`);
  }
  // An index made by hand may cover columns that a row of ours leaves alike; each row has its own player and window.
  const { rows } = await pool.query(
    `insert into ${SCHEMA}.attempt (id, studio_id, game_id, environment, event_id, event_key, event_window_id,
            leaderboard_id, player_id, external_player_id, revision, ordinal, window_ordinal, status, started_at, ends_at,
            metrics_raw, score, progress_count)
     select gen_random_uuid(), gen_random_uuid(), $1, 'live', gen_random_uuid(), 'pearl_tide', gen_random_uuid(),
            gen_random_uuid(), gen_random_uuid(), 'p' || n, 1, 1, 1, 'in_progress', now(), now() + interval '1 day', '{}', 0, 0
       from generate_series(1, ${ATTEMPTS}) as n
     returning id`,
    [gameId],
  );
  return rows.map(({ id }) => id);
}

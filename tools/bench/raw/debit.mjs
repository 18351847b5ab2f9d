/** What PostgreSQL gives at most for a debit: one prepared statement a call, which writes what a debit has to write. */

import { randomUUID } from 'node:crypto';
import pg from 'pg';
import { loop } from './loop.mjs';

const CONNECTIONS = 16;
const CALLERS = 64;
const PLAYERS = 10_000;
const PURSE = 1_000_000;
const SCHEMA = 'bench_raw_debit';
const TABLES = ['holding', 'ledger', 'ledger_operation', 'outbox'];
/** As long as a fact of a ledger row is. Characters. */
const FACT_LENGTH = 600;

const DEBIT = `with spent as (
    update ${SCHEMA}.holding set amount = amount - 1, revision = revision + 1, updated_at = now()
     where game_id = $1 and environment = 'live' and player_id = $2 and resource_type = 'economy'
       and resource_key = 'gold' and amount >= 1
     returning studio_id, amount, revision
  ), keyed as (
    insert into ${SCHEMA}.ledger_operation (game_id, environment, operation, key, studio_id, player_id, request_hash,
                                            reply, created_at)
    select $1, 'live', $3, $4, studio_id, $2, $5, jsonb_build_object('amount', amount), now() from spent
  ), line as (
    insert into ${SCHEMA}.ledger (ledger_id, game_id, environment, player_id, studio_id, resource_type, resource_key,
                                  delta, balance_after, revision, reason, origin, operation_id, idempotency_key, actor,
                                  metadata, created_at)
    select $6, $1, 'live', $2, studio_id, 'economy', 'gold', -1, amount, revision, 'bench', 'client', $7, $4, 'player', '{}',
           now()
      from spent
  )
  insert into ${SCHEMA}.outbox (id, subject, payload) select $8, $9, $10 from spent`;

/** @param {{ url: string, seconds: number, warmUpSeconds: number }} job @param {import('../worker-side.mjs').Tell} tell */
export async function debit({ url, ...shape }, tell) {
  const pool = new pg.Pool({ connectionString: url, max: CONNECTIONS });
  try {
    const gameId = randomUUID();
    const players = await makeTables(pool, gameId);
    const [hash, fact] = ['f'.repeat(64), 'f'.repeat(FACT_LENGTH)];
    return await loop({ ...shape, callers: CALLERS }, tell, (turn) => {
      const operation = `POST /sdk/v1/players/p${turn}/wallet/gold/debit`;
      const ids = [randomUUID(), randomUUID(), randomUUID()];
      const values = [gameId, players[turn % players.length], operation, `bench-${turn}`, hash, ids[0], ids[1], ids[2]];
      const told = ['kraty.fact.economy.holding.changed', fact];
      return pool.query({ name: 'bench_raw_debit', text: DEBIT, values: [...values, ...told] });
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
    await pool.query(`create table ${SCHEMA}.${table} (like economy.${table} including all)`);
  }
  const { rows } = await pool.query(
    `insert into ${SCHEMA}.holding (game_id, environment, player_id, resource_type, resource_key, studio_id, amount,
                                    metadata, initial_paid, revision, created_at, updated_at)
     select $1, 'live', gen_random_uuid(), 'economy', 'gold', gen_random_uuid(), ${PURSE}, '{}', true, 1, now(), now()
       from generate_series(1, ${PLAYERS})
     returning player_id`,
    [gameId],
  );
  return rows.map(({ player_id: playerId }) => playerId);
}

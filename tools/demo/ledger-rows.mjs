/** The rows of the ledger, straight from its database. */

const PLAYERS_A_QUERY = 200;
const CONNECT_WITHIN_MS = 3_000;
const STATEMENT_WITHIN_MS = 30_000;

const ROWS = `
  select player_id, resource_type as type, resource_key as key, delta, operation_id, idempotency_key
    from ledger
   where game_id = $1 and environment = $2 and player_id = any($3::uuid[])
   order by ledger_id`;

/** @typedef {import('./ledger.mjs').LedgerRow} LedgerRow */

/**
 * @param {string} url as the economy's own role
 * @param {{ gameId: string, environment: string }} scope
 * @param {string[]} playerIds
 * @returns {Promise<Map<string, LedgerRow[]>>} by player
 */
export async function ledgerRows(url, { gameId, environment }, playerIds) {
  const { default: pg } = await import('pg');
  const limits = { connectionTimeoutMillis: CONNECT_WITHIN_MS, statement_timeout: STATEMENT_WITHIN_MS };
  const client = new pg.Client({ connectionString: url, ...limits });
  await client.connect();
  try {
    /** @type {Map<string, LedgerRow[]>} */
    const byPlayer = new Map(playerIds.map((id) => [id, []]));
    for (let from = 0; from < playerIds.length; from += PLAYERS_A_QUERY) {
      const some = playerIds.slice(from, from + PLAYERS_A_QUERY);
      const { rows } = await client.query(ROWS, [gameId, environment, some]);
      for (const { player_id: playerId, operation_id: operationId, idempotency_key: idempotencyKey, ...row } of rows) {
        byPlayer.get(playerId)?.push({ ...row, operationId, idempotencyKey });
      }
    }
    return byPlayer;
  } finally {
    await client.end();
  }
}

/** Rows that make a board large without a call for each: its players stand above them. */

import pg from 'pg';

/** Rows of the board that is read; with the players of the bench that is 100,000. */
const ROWS_A_PLAYER = 9;

/** @param {string} databaseUrl @param {string} eventKey @param {number} players */
export async function crowd(databaseUrl, eventKey, players) {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await client.query(
      `insert into leaderboards.board_entry (leaderboard_id, participant_id, kind, score, achieved_at, joined_only, revision)
       select leaderboard_id, gen_random_uuid(), 'player', -random() * 1000000, now(), false, 1
         from leaderboards.board cross join generate_series(1, $2::integer) where event_key = $1`,
      [eventKey, players * ROWS_A_PLAYER],
    );
    // The service makes the index anew when it has missed something.
    await client.query('update leaderboards.board set index_misses = index_misses + 1 where event_key = $1', [
      eventKey,
    ]);
  } finally {
    await client.end();
  }
}

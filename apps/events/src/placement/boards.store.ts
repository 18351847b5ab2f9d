import { Injectable } from '@nestjs/common';
import type { Environment } from '@kraty/contracts/common';
import { statement, type Tx } from '@kraty/platform/persistence';
import type { BoardRow } from './board.js';

/** A board with what its description takes from the window. */
export interface WindowBoardRow extends BoardRow {
  opensAt: Date;
  closesAt: Date;
  /** The revision the window has pinned. */
  revision: number;
}

export const boardColumns = `leaderboard_id as "leaderboardId", event_window_id as "eventWindowId", environment,
  studio_id as "studioId", game_id as "gameId", event_id as "eventId", event_key as "eventKey", mode,
  score_aggregation as "scoreAggregation", shard, ordinal, capacity`;

// Whoever opens a shard first makes its board; the second finds it. Revision and instants are the window's.
const INSERT_BOARDS = statement(
  'boards_insert',
  `insert into event_board (leaderboard_id, event_window_id, environment, studio_id, game_id, event_id, event_key, mode,
          score_aggregation, shard, ordinal, capacity)
   select v.leaderboard_id, v.event_window_id, v.environment, $6, $7, $8, $9, $10, $11, v.shard, v.ordinal, $12
     from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::int[])
          as v(leaderboard_id, event_window_id, environment, shard, ordinal)
   on conflict (event_window_id, environment, shard, ordinal) do nothing
   returning leaderboard_id as "leaderboardId"`,
);

const BOARD = statement(
  'board',
  `select b.*, w.starts_at as "opensAt", w.ends_at as "closesAt", coalesce(w.revision, e.revision) as revision
     from (select ${boardColumns} from event_board where leaderboard_id = $1) b
     join event_window w on w.id = b."eventWindowId"
     join event e on e.id = b."eventId"`,
);

const BOARD_OF_SHARD = statement(
  'board_of_shard',
  `select leaderboard_id as "leaderboardId" from event_board
    where event_window_id = $1 and environment = $2 and shard = $3 and ordinal = 0`,
);

// Whoever counts them and opens one more is alone with the window's boards until it has committed.
const LOCK_SHARDS = statement(
  'boards_lock_shards',
  `select pg_advisory_xact_lock(hashtextextended($1::text || $2::text, 0))`,
);

const COUNT_SHARDS = statement(
  'boards_count_shards',
  `select count(distinct shard)::int as shards from event_board where event_window_id = $1 and environment = $2`,
);

/** The ids of boards, given here; ranks live with the leaderboards. */
@Injectable()
export class BoardsStore {
  /** Boards of one event. Returns the ids of those that were not there. */
  async insert(tx: Tx, boards: readonly BoardRow[]): Promise<Set<string>> {
    const [first] = boards;
    if (first === undefined) return new Set();
    const made = await tx.query<{ leaderboardId: string }>(INSERT_BOARDS, [
      boards.map(({ leaderboardId }) => leaderboardId),
      boards.map(({ eventWindowId }) => eventWindowId),
      boards.map(({ environment }) => environment),
      boards.map(({ shard }) => shard),
      boards.map(({ ordinal }) => ordinal),
      first.studioId,
      first.gameId,
      first.eventId,
      first.eventKey,
      first.mode,
      first.scoreAggregation,
      first.capacity,
    ]);
    return new Set(made.map(({ leaderboardId }) => leaderboardId));
  }

  async one(tx: Tx, leaderboardId: string): Promise<WindowBoardRow | null> {
    const [row] = await tx.query<WindowBoardRow>(BOARD, [leaderboardId]);
    return row ?? null;
  }

  /** The one board of a shard that is not divided into groups. */
  async ofShard(
    tx: Tx,
    of: { eventWindowId: string; environment: Environment; shard: string },
  ): Promise<string | null> {
    const values = [of.eventWindowId, of.environment, of.shard];
    const [row] = await tx.query<{ leaderboardId: string }>(BOARD_OF_SHARD, values);
    return row?.leaderboardId ?? null;
  }

  /** Shards that have a board; the number stays until the transaction ends, as far as others count, too. */
  async lockedShardCount(
    tx: Tx,
    { eventWindowId, environment }: { eventWindowId: string; environment: Environment },
  ): Promise<number> {
    await tx.query(LOCK_SHARDS, [eventWindowId, environment]);
    const [row] = await tx.query<{ shards: number }>(COUNT_SHARDS, [eventWindowId, environment]);
    return row?.shards ?? 0;
  }
}

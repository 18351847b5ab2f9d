import { Injectable } from '@nestjs/common';
import type { Environment } from '@kraty/contracts/common';
import type { BoardMode, ScoreAggregation } from '@kraty/contracts/events';
import type { FinalizedReason } from '@kraty/contracts/leaderboards';
import { Database, statement, type Tx } from '@kraty/platform/persistence';
import type { Board } from './board.js';

interface BoardRow {
  leaderboard_id: string;
  studio_id: string;
  game_id: string;
  environment: Environment;
  mode: BoardMode;
  score_aggregation: ScoreAggregation;
  event_id: string;
  event_key: string;
  event_window_id: string;
  opens_at: Date;
  closes_at: Date;
  finalized_at: Date | null;
  finalized_reason: FinalizedReason | null;
}

const columns = `leaderboard_id, studio_id, game_id, environment, mode, score_aggregation, event_id, event_key,
  event_window_id, opens_at, closes_at, finalized_at, finalized_reason`;

const insertBoard = statement(
  'insert-board',
  `insert into board (leaderboard_id, studio_id, game_id, environment, mode, score_aggregation, event_id, event_key,
     event_window_id, opens_at, closes_at)
   values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
   on conflict (leaderboard_id) do nothing`,
);
const selectBoard = statement('select-board', `select ${columns} from board where leaderboard_id = $1`);
const lockBoard = statement('lock-board', `select ${columns} from board where leaderboard_id = $1 for update`);
const freezeBoard = statement(
  'freeze-board',
  'update board set finalized_at = $2, finalized_reason = $3 where leaderboard_id = $1 and finalized_at is null',
);

const missIndex = statement(
  'board-miss-index',
  'update board set index_misses = index_misses + 1 where leaderboard_id = $1 and finalized_at is null',
);
const selectBehind = statement(
  'select-boards-behind',
  'select leaderboard_id as "leaderboardId", index_misses as misses from board where index_misses > 0 limit $1',
);
/** Only if nothing was missed since: a later miss has made the number another. */
const catchUp = statement(
  'board-catch-up',
  'update board set index_misses = 0 where leaderboard_id = $1 and index_misses = $2',
);

/** A board whose rank index lacks writes, and how many were counted when it was looked at. */
export interface BoardBehind {
  leaderboardId: string;
  misses: number;
}

/** Boards of event windows. */
@Injectable()
export class BoardsStore {
  constructor(private readonly database: Database) {}

  /** Repeatable: a board is made once. */
  async add(board: Board): Promise<void> {
    const { studioId, gameId, environment } = board.scope;
    await this.database.query(insertBoard, [
      board.leaderboardId,
      studioId,
      gameId,
      environment,
      board.mode,
      board.scoreAggregation,
      board.eventId,
      board.eventKey,
      board.eventWindowId,
      board.opensAt,
      board.closesAt,
    ]);
  }

  async find(leaderboardId: string): Promise<Board | null> {
    const [row] = await this.database.query<BoardRow>(selectBoard, [leaderboardId]);
    return row ? toBoard(row) : null;
  }

  /** The board, locked until the transaction ends: freezing and writing exclude each other. */
  async lock(tx: Tx, leaderboardId: string): Promise<Board | null> {
    const [row] = await tx.query<BoardRow>(lockBoard, [leaderboardId]);
    return row ? toBoard(row) : null;
  }

  async freeze(tx: Tx, leaderboardId: string, at: Date, reason: FinalizedReason): Promise<void> {
    await tx.query(freezeBoard, [leaderboardId, at, reason]);
  }

  /** Committed rows of the board could not be told to the rank index. */
  async missIndex(leaderboardId: string): Promise<void> {
    await this.database.query(missIndex, [leaderboardId]);
  }

  behind(boardsMax: number): Promise<BoardBehind[]> {
    return this.database.query<BoardBehind>(selectBehind, [boardsMax]);
  }

  async caughtUp({ leaderboardId, misses }: BoardBehind): Promise<void> {
    await this.database.query(catchUp, [leaderboardId, misses]);
  }
}

function toBoard(row: BoardRow): Board {
  return {
    leaderboardId: row.leaderboard_id,
    scope: { studioId: row.studio_id, gameId: row.game_id, environment: row.environment },
    mode: row.mode,
    scoreAggregation: row.score_aggregation,
    eventId: row.event_id,
    eventKey: row.event_key,
    eventWindowId: row.event_window_id,
    opensAt: row.opens_at,
    closesAt: row.closes_at,
    finalizedAt: row.finalized_at,
    finalizedReason: row.finalized_reason,
  };
}

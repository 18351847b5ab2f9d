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

import { Injectable } from '@nestjs/common';
import type { Environment } from '@kraty/contracts/common';
import type { BoardMode, ScoreAggregation } from '@kraty/contracts/events';
import type { BotBinding, FinalizedReason, Ladder } from '@kraty/contracts/leaderboards';
import { Database, statement, type Tx } from '@kraty/platform/persistence';
import { lateFactsDays } from '../scores/late-facts.js';
import type { Board } from './board.js';

interface BoardRow {
  leaderboard_id: string;
  studio_id: string;
  game_id: string;
  environment: Environment;
  mode: BoardMode;
  score_aggregation: ScoreAggregation;
  event_id: string | null;
  event_key: string | null;
  event_window_id: string | null;
  definition_id: string | null;
  opens_at: Date;
  closes_at: Date | null;
  segment: string | null;
  capacity: number | null;
  ladder: Ladder | null;
  ladder_ceiling: number | null;
  bot_bindings: BotBinding[];
  finalized_at: Date | null;
  finalized_reason: FinalizedReason | null;
}

const columns = `leaderboard_id, studio_id, game_id, environment, mode, score_aggregation, event_id, event_key,
  event_window_id, definition_id, opens_at, closes_at, segment, capacity, ladder, ladder_ceiling, bot_bindings,
  finalized_at, finalized_reason`;

const insertBoard = statement(
  'insert-board',
  `insert into board (leaderboard_id, kind, studio_id, game_id, environment, mode, score_aggregation, event_id, event_key,
     event_window_id, definition_id, opens_at, closes_at, segment, capacity, ladder, ladder_ceiling, bot_bindings)
   values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)
   on conflict (leaderboard_id) do nothing`,
);
const selectBoard = statement('select-board', `select ${columns} from board where leaderboard_id = $1`);
const lockBoard = statement('lock-board', `select ${columns} from board where leaderboard_id = $1 for update`);
/** In the way of whoever freezes, until the transaction ends. */
const shareOpen = statement(
  'board-share-open',
  'select leaderboard_id from board where leaderboard_id = $1 and finalized_at is null for share',
);
/** The same, with the end of a board that is about to be frozen. */
const shareOpenUntil = statement(
  'board-share-open-until',
  `select (select (extract(epoch from closed_at) * 1000)::float8 from board_freeze as ending
            where ending.leaderboard_id = board.leaderboard_id) as "endedAtMs"
     from board where leaderboard_id = $1 and finalized_at is null for share of board`,
);
const freezeBoard = statement(
  'freeze-board',
  `update board set finalized_at = $2, finalized_reason = $3,
          clear_at = $2::timestamptz + interval '${lateFactsDays} days'
    where leaderboard_id = $1 and finalized_at is null`,
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

/** Instances share the work: whoever takes a board has marked it for the others. */
const takeForComparison = statement(
  'take-boards-for-comparison',
  `update board set compared_at = $2
    where leaderboard_id in (
      select leaderboard_id from board
       where finalized_at is null and (compared_at is null or compared_at < $1)
       order by compared_at nulls first limit $3 for update skip locked)
   returning leaderboard_id as id`,
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
  async add(board: Board, tx: Tx = this.database): Promise<void> {
    const { studioId, gameId, environment } = board.scope;
    await tx.query(insertBoard, [
      board.leaderboardId,
      board.event ? 'event' : 'configured',
      studioId,
      gameId,
      environment,
      board.mode,
      board.scoreAggregation,
      board.event?.eventId ?? null,
      board.event?.eventKey ?? null,
      board.event?.eventWindowId ?? null,
      board.definitionId,
      board.opensAt,
      board.closesAt,
      board.segment,
      board.capacity,
      board.ladder && JSON.stringify(board.ladder),
      board.ladderCeiling,
      JSON.stringify(board.botBindings),
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

  /** False for a frozen board; an open one stays open while the transaction lasts. */
  async isOpen(tx: Tx, leaderboardId: string): Promise<boolean> {
    return (await tx.query(shareOpen, [leaderboardId])).length > 0;
  }

  /** Null for a frozen board; an open one stays open while the transaction lasts. `endedAtMs`: it is about to be frozen. */
  async openUntil(tx: Tx, leaderboardId: string): Promise<{ endedAtMs: number | null } | null> {
    const [row] = await tx.query<{ endedAtMs: number | null }>(shareOpenUntil, [leaderboardId]);
    return row ?? null;
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

  /** Live boards that were compared with their index longest ago, before the given time; they count as compared now. */
  async takeForComparison(before: Date, now: Date, boardsMax: number): Promise<string[]> {
    const rows = await this.database.query<{ id: string }>(takeForComparison, [before, now, boardsMax]);
    return rows.map(({ id }) => id);
  }

  async caughtUp({ leaderboardId, misses }: BoardBehind): Promise<void> {
    await this.database.query(catchUp, [leaderboardId, misses]);
  }
}

function toBoard(row: BoardRow): Board {
  const { event_id: eventId, event_key: eventKey, event_window_id: eventWindowId } = row;
  return {
    leaderboardId: row.leaderboard_id,
    scope: { studioId: row.studio_id, gameId: row.game_id, environment: row.environment },
    mode: row.mode,
    scoreAggregation: row.score_aggregation,
    event: eventId && eventKey && eventWindowId ? { eventId, eventKey, eventWindowId } : null,
    definitionId: row.definition_id,
    opensAt: row.opens_at,
    closesAt: row.closes_at,
    segment: row.segment,
    capacity: row.capacity,
    ladder: row.ladder,
    ladderCeiling: row.ladder_ceiling,
    botBindings: row.bot_bindings,
    finalizedAt: row.finalized_at,
    finalizedReason: row.finalized_reason,
  };
}

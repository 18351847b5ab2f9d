import { Injectable } from '@nestjs/common';
import type { EventBoardView, ReadEventBoard } from '@kraty/contracts/leaderboards';
import { fail } from '@kraty/platform/errors';
import { belongsTo, type Board } from '../boards/board.js';
import { Boards } from '../boards/boards.service.js';
import { progressionLimits } from '../ladders/ladder.js';
import { BoardRowsService, nothing, viewOf } from './board-rows.service.js';

/** Event boards as they are read (02 §7.1). */
@Injectable()
export class Reads {
  constructor(
    private readonly boards: Boards,
    private readonly rows: BoardRowsService,
  ) {}

  /** Errors: `not_found`. */
  async read(question: ReadEventBoard): Promise<EventBoardView> {
    const board = await this.boardOf(question);
    // A hidden board reads empty, whatever it holds (05 §6.1).
    const read = board.mode === 'none' ? { rows: nothing, self: null } : await this.rows.read(board, question);
    const { leaderboardId, mode, finalizedAt, finalizedReason, ladder, segment } = board;
    const head = { leaderboardId, mode, finalized: finalizedAt !== null, finalizedReason };
    const view = viewOf(head, read, question.knownView);
    return ladder ? { ...view, progression: progressionLimits(ladder, segment) } : view;
  }

  /** The board of this tenant. Errors: `not_found`. */
  async boardOf({ scope, leaderboardId }: Pick<ReadEventBoard, 'scope' | 'leaderboardId'>): Promise<Board> {
    const board = await this.boards.find(leaderboardId);
    if (!board?.event || !belongsTo(board, scope)) throw unknownBoard();
    return board;
  }
}

export function unknownBoard() {
  return fail('not_found', 'there is no such leaderboard', { resource: 'leaderboard' });
}

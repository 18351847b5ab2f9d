import { Injectable } from '@nestjs/common';
import type { FinalizedReason } from '@kraty/contracts/leaderboards';
import { Outbox, type NewFact } from '@kraty/platform/facts';
import { Database, type Tx } from '@kraty/platform/persistence';
import type { Board } from '../boards/board.js';
import { BoardsStore } from '../boards/boards.store.js';
import { Rosters } from '../bots/rosters.service.js';
import { Ladders } from '../ladders/ladders.service.js';
import { FrozenBoardsStore } from './frozen-boards.store.js';

/** Ranking a large board takes longer than an ordinary statement may. Milliseconds. */
const materializeTimeoutMs = 120_000;

export interface Freeze {
  leaderboardId: string;
  at: Date;
  reason: FinalizedReason;
  /** What is told beside the moves of the ladder. */
  facts: (board: Board) => NewFact[];
  /** What is done in the same transaction. */
  besides?: (tx: Tx) => Promise<void>;
  /** Ends the work on costly bots between two steps, with an error. */
  signal?: AbortSignal;
}

/** Ranks a board for ever, once: rows, ladder and facts are one transaction (06 §8). */
@Injectable()
export class Freezing {
  constructor(
    private readonly database: Database,
    private readonly boards: BoardsStore,
    private readonly frozen: FrozenBoardsStore,
    private readonly ladders: Ladders,
    private readonly rosters: Rosters,
    private readonly outbox: Outbox,
  ) {}

  /** Repeatable; a board that is frozen is left alone. */
  async freeze({ leaderboardId, at, reason, facts, besides, signal }: Freeze): Promise<void> {
    const open = await this.boards.find(leaderboardId);
    if (open && !open.finalizedAt) {
      await this.rosters.finish(open, at.getTime(), signal);
      await this.ladders.prepare(open);
    }
    const staged = await this.database.transaction(
      async (tx) => {
        const board = await this.boards.lock(tx, leaderboardId);
        await besides?.(tx);
        if (!board || board.finalizedAt) return null;
        await this.frozen.materialize(tx, leaderboardId);
        await this.boards.freeze(tx, leaderboardId, at, reason);
        const moves = await this.ladders.stage(tx, board, at);
        const told = await this.outbox.stage(tx, facts(board));
        return { envelopes: [...moves.envelopes, ...told.envelopes] };
      },
      { statementTimeoutMs: materializeTimeoutMs },
    );
    if (staged) await this.outbox.carry(staged);
  }
}

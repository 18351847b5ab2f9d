import { Injectable } from '@nestjs/common';
import type { EventBoardDescription } from '@kraty/contracts/events';
import { Database } from '@kraty/platform/persistence';
import { Definitions } from '../definitions/definitions.service.js';
import { boardDescription } from '../windows/window.facts.js';
import { BoardsStore } from './boards.store.js';

/** What others may know of a board. */
@Injectable()
export class Boards {
  constructor(
    private readonly database: Database,
    private readonly definitions: Definitions,
    private readonly boards: BoardsStore,
  ) {}

  /** Null when there is no such board. */
  async describe(leaderboardId: string): Promise<EventBoardDescription | null> {
    const board = await this.boards.one(this.database, leaderboardId);
    if (board === null) return null;
    const definition = await this.definitions.at(this.database, board.eventId, board.revision);
    return boardDescription(board, { startsAt: board.opensAt, endsAt: board.closesAt }, definition);
  }
}

import { Injectable } from '@nestjs/common';
import type { NamedList } from '@kraty/contracts/leaderboards';
import { Clock } from '@kraty/platform/clock';
import { isUuid } from '@kraty/platform/ids';
import { belongsTo, type Board } from '../boards/board.js';
import { BoardsStore } from '../boards/boards.store.js';
import { DefinitionsStore } from '../definitions/definitions.store.js';
import { partId, periodOf } from '../parts/part.js';
import { unknownBoard } from '../reads/reads.service.js';

/** The list an operator names: a board of an event, or one period and segment of a board the game has defined. */
@Injectable()
export class RankedListFinder {
  constructor(
    private readonly boards: BoardsStore,
    private readonly definitions: DefinitionsStore,
    private readonly clock: Clock,
  ) {}

  /** @throws not_found */
  async find({ scope, leaderboardId, period, segment }: NamedList): Promise<Board> {
    if (!isUuid(leaderboardId)) throw unknownBoard();
    const board = await this.boards.find(leaderboardId);
    if (board?.event && belongsTo(board, scope)) return board;
    const definition = await this.definitions.find(leaderboardId);
    if (definition?.gameId !== scope.gameId) throw unknownBoard();
    const atMs = period === null ? this.clock.nowMs() : Date.parse(period);
    const { startMs } = periodOf(definition, scope.environment, atMs).period;
    const part = await this.boards.find(partId(leaderboardId, scope.environment, startMs, segment));
    if (!part) throw unknownBoard();
    return part;
  }
}

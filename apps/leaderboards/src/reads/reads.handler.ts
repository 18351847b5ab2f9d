import { Controller } from '@nestjs/common';
import {
  describeStream,
  readEventBoard,
  readPlayerStandings,
  type EventBoardView,
  type PlayerStanding,
  type ReadEventBoard,
  type ReadPlayerStandings,
} from '@kraty/contracts/leaderboards';
import type { Scope } from '@kraty/contracts/common';
import { HandleRequest } from '@kraty/platform/messaging';
import { Ranks } from '../ranks/ranks.service.js';
import { PlayerStandings } from './player-standings.service.js';
import { Reads } from './reads.service.js';

@Controller()
export class ReadsHandler {
  constructor(
    private readonly reads: Reads,
    private readonly ranks: Ranks,
    private readonly standings: PlayerStandings,
  ) {}

  @HandleRequest(readEventBoard)
  read(question: ReadEventBoard): Promise<EventBoardView> {
    return this.reads.read(question);
  }

  @HandleRequest(readPlayerStandings)
  async readPlayerStandings(question: ReadPlayerStandings): Promise<{ boards: PlayerStanding[] }> {
    return { boards: await this.standings.read(question) };
  }

  /** Asked by every gateway that streams the board, again and again while it does: writes are ranked for it meanwhile. */
  @HandleRequest(describeStream)
  async describeStream(question: {
    scope: Scope;
    leaderboardId: string;
  }): Promise<{ leaderboardId: string; finalized: boolean }> {
    const board = await this.reads.boardOf(question);
    const finalized = board.finalizedAt !== null;
    if (!finalized) await this.ranks.watch(question.leaderboardId);
    return { leaderboardId: question.leaderboardId, finalized };
  }
}

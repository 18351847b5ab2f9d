import { Controller } from '@nestjs/common';
import { readBoardStandings, type BoardStanding } from '@kraty/contracts/events';
import { HandleRequest } from '@kraty/platform/messaging';
import { Standings } from './standings.service.js';

@Controller()
export class StandingsHandler {
  constructor(private readonly standings: Standings) {}

  @HandleRequest(readBoardStandings)
  async read(question: {
    leaderboardId: string;
    afterPlayerId: string | null;
    limit: number;
  }): Promise<{ standings: BoardStanding[] }> {
    const { leaderboardId, afterPlayerId, limit } = question;
    return { standings: await this.standings.page(leaderboardId, afterPlayerId, limit) };
  }
}

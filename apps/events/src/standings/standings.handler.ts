import { Controller } from '@nestjs/common';
import type { GameScope } from '@kraty/contracts/common';
import {
  describeWindowPolicy,
  readBoardStandings,
  readSettledAttempts,
  type BoardStanding,
  type SettledAttempt,
} from '@kraty/contracts/events';
import { HandleRequest } from '@kraty/platform/messaging';
import { SettledAttempts, type SettledQuestion, type WindowPolicy } from './settled-attempts.service.js';
import { Standings } from './standings.service.js';

@Controller()
export class StandingsHandler {
  constructor(
    private readonly standings: Standings,
    private readonly settledAttempts: SettledAttempts,
  ) {}

  @HandleRequest(readBoardStandings)
  async read(question: {
    leaderboardId: string;
    afterPlayerId: string | null;
    limit: number;
  }): Promise<{ standings: BoardStanding[] }> {
    const { leaderboardId, afterPlayerId, limit } = question;
    return { standings: await this.standings.page(leaderboardId, afterPlayerId, limit) };
  }

  @HandleRequest(describeWindowPolicy)
  describePolicy({ game, eventWindowId }: { game: GameScope; eventWindowId: string }): Promise<WindowPolicy> {
    return this.settledAttempts.policyOf(game, eventWindowId);
  }

  @HandleRequest(readSettledAttempts)
  async readSettled(question: SettledQuestion): Promise<{ attempts: SettledAttempt[] }> {
    return { attempts: await this.settledAttempts.page(question) };
  }
}

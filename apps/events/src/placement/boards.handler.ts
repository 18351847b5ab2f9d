import { Controller } from '@nestjs/common';
import { describeEventBoard, type EventBoardDescription } from '@kraty/contracts/events';
import { isUuid } from '@kraty/platform/ids';
import { HandleRequest } from '@kraty/platform/messaging';
import { Boards } from './boards.service.js';

@Controller()
export class BoardsHandler {
  constructor(private readonly boards: Boards) {}

  @HandleRequest(describeEventBoard)
  async describe({ leaderboardId }: { leaderboardId: string }): Promise<{ board: EventBoardDescription | null }> {
    return { board: isUuid(leaderboardId) ? await this.boards.describe(leaderboardId) : null };
  }
}

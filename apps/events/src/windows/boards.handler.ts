import { Controller } from '@nestjs/common';
import { describeEventBoard, type EventBoardDescription } from '@kraty/contracts/events';
import { isUuid } from '@kraty/platform/ids';
import { HandleRequest } from '@kraty/platform/messaging';
import { Windows } from './windows.service.js';

@Controller()
export class BoardsHandler {
  constructor(private readonly windows: Windows) {}

  @HandleRequest(describeEventBoard)
  async describe({ leaderboardId }: { leaderboardId: string }): Promise<{ board: EventBoardDescription | null }> {
    return { board: isUuid(leaderboardId) ? await this.windows.describeBoard(leaderboardId) : null };
  }
}

import { Injectable } from '@nestjs/common';
import { Logger } from '@kraty/platform/logging';
import { RepeatingWorker } from '@kraty/platform/rounds';
import { BoardsStore, type BoardBehind } from '../boards/boards.store.js';
import { RanksStore } from './ranks.store.js';

const everyMs = 1_000;
const boardsARoundMax = 200;

/** Has indexes made anew that committed scores could not be told to, also those a process has left behind that died. */
@Injectable()
export class IndexRepairWorker extends RepeatingWorker {
  constructor(
    private readonly index: RanksStore,
    private readonly boards: BoardsStore,
    private readonly logger: Logger,
  ) {
    super({ name: 'index repair', everyMs, logger });
  }

  /** One round; any number of instances may run it. */
  override async round(): Promise<void> {
    for (const board of await this.boards.behind(boardsARoundMax)) {
      if (!(await this.discarded(board))) return;
      await this.boards.caughtUp(board);
    }
  }

  /** False while Redis is away: then the others would fail as well. */
  private async discarded({ leaderboardId }: BoardBehind): Promise<boolean> {
    try {
      await this.index.discard(leaderboardId);
      return true;
    } catch (error) {
      this.logger.debug({ err: error, leaderboardId }, 'an index that is behind cannot be discarded for now');
      return false;
    }
  }
}

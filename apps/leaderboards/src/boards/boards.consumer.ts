import { Controller } from '@nestjs/common';
import { eventBoardOpened, type EventBoardDescription } from '@kraty/contracts/events';
import type { Fact } from '@kraty/contracts/messages';
import { HandleFacts } from '@kraty/platform/facts';
import { Boards } from './boards.service.js';

@Controller()
export class BoardsConsumer {
  constructor(private readonly boards: Boards) {}

  /** Natural key: the board's id. */
  @HandleFacts(eventBoardOpened, { batch: 50 })
  async boardOpened(facts: Fact<EventBoardDescription>[]): Promise<void> {
    for (const fact of facts) await this.boards.open(fact.payload);
  }
}

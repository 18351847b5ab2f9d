import { Controller } from '@nestjs/common';
import { eventBoardClosed } from '@kraty/contracts/events';
import type { Fact } from '@kraty/contracts/messages';
import { HandleFacts } from '@kraty/platform/facts';
import { Finalization, type BoardClosing } from './finalization.service.js';

@Controller()
export class FinalizationConsumer {
  constructor(private readonly finalization: Finalization) {}

  @HandleFacts(eventBoardClosed, { batch: 1 })
  async boardClosed(facts: Fact<BoardClosing>[]): Promise<void> {
    for (const fact of facts) await this.finalization.finalize(fact.payload);
  }
}

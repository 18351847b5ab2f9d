import { Controller } from '@nestjs/common';
import type { Scope } from '@kraty/contracts/common';
import { eventBoardClosed } from '@kraty/contracts/events';
import { boardFinalized } from '@kraty/contracts/leaderboards';
import type { Fact } from '@kraty/contracts/messages';
import { HandleFacts } from '@kraty/platform/facts';
import { Finalization, type FinalizedBoard } from './finalization.service.js';
import { Freezes } from './freezes.service.js';
import type { BoardClosing } from './pending-freeze.js';

@Controller()
export class FinalizationConsumer {
  constructor(
    private readonly finalization: Finalization,
    private readonly freezes: Freezes,
  ) {}

  /** A board freezes once; told again it is left alone. Done when it is written down: a large one takes its time. */
  @HandleFacts(eventBoardClosed, { batch: 1 })
  async boardClosed(facts: Fact<BoardClosing>[]): Promise<void> {
    for (const fact of facts) await this.freezes.begin(fact.payload);
  }

  /** A stream ends with the first frame of it, so a second one reaches nobody. */
  @HandleFacts(boardFinalized, { batch: 1 })
  async announce(facts: Fact<FinalizedBoard>[]): Promise<void> {
    for (const fact of facts) await this.finalization.announce(fact.scope as Scope, fact.payload);
  }
}

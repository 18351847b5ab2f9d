import { Controller } from '@nestjs/common';
import { ladderMoved, type MovedOnLadder } from '@kraty/contracts/leaderboards';
import type { Fact } from '@kraty/contracts/messages';
import { HandleFacts } from '@kraty/platform/facts';
import { playScopeOf } from '../ledger/play-scope.js';
import { LaddersService } from './ladders.service.js';

@Controller()
export class LaddersConsumer {
  constructor(private readonly ladders: LaddersService) {}

  /** Idempotent by the operation id of the move. */
  @HandleFacts(ladderMoved)
  async moved(facts: Fact<MovedOnLadder>[]): Promise<void> {
    await Promise.all(facts.map(({ scope, payload }) => this.ladders.move(playScopeOf(scope), payload)));
  }
}

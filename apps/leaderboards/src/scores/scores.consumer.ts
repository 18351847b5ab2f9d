import { Controller } from '@nestjs/common';
import { attemptScored, attemptStarted, type AttemptScored, type AttemptStarted } from '@kraty/contracts/events';
import type { Fact } from '@kraty/contracts/messages';
import { HandleFacts } from '@kraty/platform/facts';
import { Scores } from './scores.service.js';

/** Facts applied with one statement. */
const factsABatch = 500;

/** Both facts carry state: rows keep the best of it, or know the revision they show, so repeats and another order change nothing. */
@Controller()
export class ScoresConsumer {
  constructor(private readonly scores: Scores) {}

  @HandleFacts(attemptStarted, { batch: factsABatch })
  async attemptStarted(facts: Fact<AttemptStarted>[]): Promise<void> {
    await this.scores.register(facts.map((fact) => fact.payload));
  }

  @HandleFacts(attemptScored, { batch: factsABatch })
  async attemptScored(facts: Fact<AttemptScored>[]): Promise<void> {
    await this.scores.apply(facts);
  }
}

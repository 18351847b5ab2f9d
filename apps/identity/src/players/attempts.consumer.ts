import { Controller } from '@nestjs/common';
import {
  attemptStarted,
  playerContextGiven,
  type AttemptStarted,
  type PlayerContextGiven,
} from '@kraty/contracts/events';
import type { Fact } from '@kraty/contracts/messages';
import { HandleFacts } from '@kraty/platform/facts';
import { ContextsService } from './contexts.service.js';

@Controller()
export class AttemptsConsumer {
  constructor(private readonly contexts: ContextsService) {}

  @HandleFacts(attemptStarted, { batch: 200 })
  started(facts: Fact<AttemptStarted>[]): Promise<void> {
    return this.contexts.takeStarts(facts);
  }

  @HandleFacts(playerContextGiven, { batch: 200 })
  contextGiven(facts: Fact<PlayerContextGiven>[]): Promise<void> {
    return this.contexts.takeGiven(facts);
  }
}

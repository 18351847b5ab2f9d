import { Controller } from '@nestjs/common';
import { readFinalStandings } from '@kraty/contracts/leaderboards';
import { HandleRequest } from '@kraty/platform/messaging';
import { FinalStandings, type FinalPage } from './final-standings.service.js';

@Controller()
export class FinalizationHandler {
  constructor(private readonly finalStandings: FinalStandings) {}

  @HandleRequest(readFinalStandings)
  page(question: FinalPage) {
    return this.finalStandings.page(question);
  }
}

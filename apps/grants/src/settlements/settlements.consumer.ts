import { Controller } from '@nestjs/common';
import { eventWindowClosed } from '@kraty/contracts/events';
import { boardFinalized } from '@kraty/contracts/leaderboards';
import type { Fact, FactType } from '@kraty/contracts/messages';
import { HandleFacts } from '@kraty/platform/facts';
import { playScopeOf } from '../payouts/payout-orders.js';
import { SettlementsService } from './settlements.service.js';

type PayloadOf<T> = T extends FactType<infer P> ? P : never;

/** Idempotent by natural key: one settlement a window and environment, one a board. */
@Controller()
export class SettlementsConsumer {
  constructor(private readonly settlements: SettlementsService) {}

  @HandleFacts(eventWindowClosed)
  async windowClosed(facts: Fact<PayloadOf<typeof eventWindowClosed>>[]): Promise<void> {
    for (const { scope, payload } of facts) {
      const { studioId, gameId } = scope;
      for (const environment of payload.environments) {
        await this.settlements.windowClosed({ studioId, gameId, environment }, payload);
      }
    }
  }

  @HandleFacts(boardFinalized)
  async boardFinalized(facts: Fact<PayloadOf<typeof boardFinalized>>[]): Promise<void> {
    for (const { scope, payload } of facts) {
      const where = playScopeOf(scope);
      if (where) await this.settlements.boardFinalized(where, payload);
    }
  }
}

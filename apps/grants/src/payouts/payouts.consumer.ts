import { Controller } from '@nestjs/common';
import { attemptCompleted, type AttemptCompleted } from '@kraty/contracts/events';
import type { Fact } from '@kraty/contracts/messages';
import { HandleFacts } from '@kraty/platform/facts';
import { orderOf } from './payout.js';
import { PayoutsService } from './payouts.service.js';

@Controller()
export class PayoutsConsumer {
  constructor(private readonly payouts: PayoutsService) {}

  /** Idempotent by natural key: an attempt's payout is unique. */
  @HandleFacts(attemptCompleted)
  async attemptCompleted(facts: Fact<AttemptCompleted>[]): Promise<void> {
    await this.payouts.pay(facts.flatMap((fact) => orderOf(fact) ?? []));
  }
}

import { Controller } from '@nestjs/common';
import { holdingChanged, type HoldingChanged } from '@kraty/contracts/economy';
import type { Fact } from '@kraty/contracts/messages';
import { HandleFacts } from '@kraty/platform/facts';
import { RankedBalances } from './ranked-balances.service.js';

@Controller()
export class BalancesConsumer {
  constructor(private readonly balances: RankedBalances) {}

  /** Each change tells the balance after it and the holding's revision: an older one changes nothing. */
  @HandleFacts(holdingChanged, { batch: 200 })
  async holdingChanged(facts: Fact<HoldingChanged>[]): Promise<void> {
    await this.balances.apply(facts);
  }
}

import { Controller } from '@nestjs/common';
import { catalogChanged } from '@kraty/contracts/economy';
import { rewardsChanged } from '@kraty/contracts/grants';
import type { Fact } from '@kraty/contracts/messages';
import { HandleFacts } from '@kraty/platform/facts';
import { RepairsService } from './repairs.service.js';

/** Nobody who changes a configuration waits for this. */
const consumer = 'payout-repairs';

/** Idempotent by effect: a game that is looked through once more pays nothing twice. */
@Controller()
export class RepairsConsumer {
  constructor(private readonly repairs: RepairsService) {}

  @HandleFacts(rewardsChanged, { consumer })
  async rewardsChanged(facts: Fact<{ version: number }>[]): Promise<void> {
    await this.repairs.request(facts.map(({ scope }) => scope));
  }

  @HandleFacts(catalogChanged, { consumer })
  async catalogChanged(facts: Fact<{ version: number }>[]): Promise<void> {
    await this.repairs.request(facts.map(({ scope }) => scope));
  }
}

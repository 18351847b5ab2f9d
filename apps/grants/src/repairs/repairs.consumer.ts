import { Controller } from '@nestjs/common';
import { catalogChanged } from '@kraty/contracts/economy';
import { rewardsChanged } from '@kraty/contracts/grants';
import type { Fact } from '@kraty/contracts/messages';
import { Clock } from '@kraty/platform/clock';
import { HandleFacts } from '@kraty/platform/facts';
import { RepairsStore } from './repairs.store.js';

/** Longer than a payout takes from its look at the configuration to its row: one that just fails is seen as well. */
export const settlingMs = 15_000;

/** Nobody who changes a configuration waits for this. */
const consumer = 'payout-repairs';

/** Idempotent by effect: a game that is looked through once more pays nothing twice. */
@Controller()
export class RepairsConsumer {
  constructor(
    private readonly store: RepairsStore,
    private readonly clock: Clock,
  ) {}

  @HandleFacts(rewardsChanged, { consumer })
  async rewardsChanged(facts: Fact<{ version: number }>[]): Promise<void> {
    await this.request(facts);
  }

  @HandleFacts(catalogChanged, { consumer })
  async catalogChanged(facts: Fact<{ version: number }>[]): Promise<void> {
    await this.request(facts);
  }

  private async request(facts: readonly Fact<unknown>[]): Promise<void> {
    const games = new Map(facts.map(({ scope }) => [scope.gameId, scope]));
    const dueAt = new Date(this.clock.nowMs() + settlingMs);
    for (const game of games.values()) await this.store.request(game, dueAt);
  }
}

import { Controller } from '@nestjs/common';
import { levelReached } from '@kraty/contracts/economy';
import { attemptCompleted, milestoneReached, type AttemptCompleted } from '@kraty/contracts/events';
import { ladderMoved } from '@kraty/contracts/leaderboards';
import type { Fact } from '@kraty/contracts/messages';
import { HandleFacts } from '@kraty/platform/facts';
import {
  orderOfCompletion,
  orderOfLevel,
  orderOfMilestone,
  orderOfNotice,
  type LadderMoved,
  type LevelReached,
  type MilestoneReached,
} from './payout-orders.js';
import { PayoutsService } from './payouts.service.js';

/** Idempotent by natural key: each payout is unique by its payout key. */
@Controller()
export class PayoutsConsumer {
  constructor(private readonly payouts: PayoutsService) {}

  @HandleFacts(attemptCompleted)
  async attemptCompleted(facts: Fact<AttemptCompleted>[]): Promise<void> {
    await this.payouts.pay(facts.flatMap((fact) => orderOfCompletion(fact) ?? []));
  }

  @HandleFacts(milestoneReached)
  async milestoneReached(facts: Fact<MilestoneReached>[]): Promise<void> {
    await this.payouts.pay(facts.flatMap((fact) => orderOfMilestone(fact) ?? []));
  }

  @HandleFacts(levelReached)
  async levelReached(facts: Fact<LevelReached>[]): Promise<void> {
    await this.payouts.pay(facts.flatMap((fact) => orderOfLevel(fact) ?? []));
  }

  @HandleFacts(ladderMoved)
  async ladderMoved(facts: Fact<LadderMoved>[]): Promise<void> {
    await this.payouts.pay(facts.flatMap((fact) => orderOfNotice(fact) ?? []));
  }
}

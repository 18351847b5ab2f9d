import { Controller } from '@nestjs/common';
import { grantCreated, type Grant } from '@kraty/contracts/grants';
import type { Fact } from '@kraty/contracts/messages';
import { HandleFacts } from '@kraty/platform/facts';
import { GrantCounts } from './grant-counts.service.js';

/** May come twice and in any order: each is counted once, by its id. */
@Controller()
export class GrantCountsConsumer {
  constructor(private readonly counts: GrantCounts) {}

  @HandleFacts(grantCreated, { batch: 200, consumer: 'grant-counts' })
  created(facts: Fact<{ playerId: string; grant: Grant }>[]): Promise<void> {
    return this.counts.count(facts);
  }
}

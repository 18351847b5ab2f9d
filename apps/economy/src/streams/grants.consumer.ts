import { Controller } from '@nestjs/common';
import { grantCreated, type Grant } from '@kraty/contracts/grants';
import type { Fact } from '@kraty/contracts/messages';
import { HandleFacts } from '@kraty/platform/facts';
import { InventoryStreams } from './inventory-streams.service.js';

@Controller()
export class GrantsConsumer {
  constructor(private readonly streams: InventoryStreams) {}

  /** A consumer of its own: no claim waits for what is only shown. Readers know a grant they were told of. */
  @HandleFacts(grantCreated, { consumer: 'streams' })
  async created(facts: Fact<{ playerId: string; grant: Grant }>[]): Promise<void> {
    this.streams.tellGrants(facts.map(({ payload }) => payload));
  }
}

import { Controller } from '@nestjs/common';
import type { Scope } from '@kraty/contracts/common';
import { playerChanged, type PlayerProfile } from '@kraty/contracts/identity';
import type { Fact } from '@kraty/contracts/messages';
import { HandleFacts } from '@kraty/platform/facts';
import { Profiles } from './profiles.service.js';

@Controller()
export class ProfilesConsumer {
  constructor(private readonly profiles: Profiles) {}

  /** Carries state: the store drops a revision older than the one it holds. */
  @HandleFacts(playerChanged, { batch: 100 })
  async playerChanged(facts: Fact<PlayerProfile>[]): Promise<void> {
    for (const fact of facts) await this.profiles.keep(fact.scope as Scope, fact.payload, fact.revision);
  }
}

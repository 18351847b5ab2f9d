import { Controller } from '@nestjs/common';
import { attemptOverridden, type AttemptOverridden } from '@kraty/contracts/events';
import type { Scope } from '@kraty/contracts/common';
import type { Fact } from '@kraty/contracts/messages';
import { HandleFacts } from '@kraty/platform/facts';
import { Overrides } from './overrides.service.js';

@Controller()
export class OverridesConsumer {
  constructor(private readonly overrides: Overrides) {}

  /** At most one an attempt, and it carries state: again it makes the same rows. */
  @HandleFacts(attemptOverridden, { batch: 1 })
  async overridden(facts: Fact<AttemptOverridden>[]): Promise<void> {
    for (const { scope, payload } of facts) await this.overrides.apply(scope as Scope, payload);
  }
}

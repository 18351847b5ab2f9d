import { Controller } from '@nestjs/common';
import { operatorActed, type OperatorAct } from '@kraty/contracts/identity';
import type { Fact } from '@kraty/contracts/messages';
import { HandleFacts } from '@kraty/platform/facts';
import { OperatorActsService } from './operator-acts.service.js';

/** What the other contexts did for operators. */
@Controller()
export class OperatorActsConsumer {
  constructor(private readonly acts: OperatorActsService) {}

  @HandleFacts(operatorActed.events)
  inEvents(facts: Fact<OperatorAct>[]): Promise<void> {
    return this.acts.record(facts);
  }

  @HandleFacts(operatorActed.leaderboards)
  inLeaderboards(facts: Fact<OperatorAct>[]): Promise<void> {
    return this.acts.record(facts);
  }

  @HandleFacts(operatorActed.grants)
  inGrants(facts: Fact<OperatorAct>[]): Promise<void> {
    return this.acts.record(facts);
  }

  @HandleFacts(operatorActed.economy)
  inEconomy(facts: Fact<OperatorAct>[]): Promise<void> {
    return this.acts.record(facts);
  }
}

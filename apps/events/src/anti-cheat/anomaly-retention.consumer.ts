import { Controller } from '@nestjs/common';
import { gameChanged, type GameState } from '@kraty/contracts/identity';
import type { Fact } from '@kraty/contracts/messages';
import { HandleFacts } from '@kraty/platform/facts';
import { AnomalyRetention } from './anomaly-retention.service.js';

@Controller()
export class AnomalyRetentionConsumer {
  constructor(private readonly retention: AnomalyRetention) {}

  /** Idempotent by the game's revision. */
  @HandleFacts(gameChanged)
  async gameChanged(facts: Fact<GameState>[]): Promise<void> {
    await this.retention.apply(facts);
  }
}

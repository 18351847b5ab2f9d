import { Controller } from '@nestjs/common';
import { gameChanged, type GameState } from '@kraty/contracts/identity';
import type { Fact } from '@kraty/contracts/messages';
import { HandleFacts } from '@kraty/platform/facts';
import { GameSettings } from './game-settings.service.js';

@Controller()
export class GameSettingsConsumer {
  constructor(private readonly settings: GameSettings) {}

  /** Idempotent by revision: the copy only moves forward. */
  @HandleFacts(gameChanged)
  async gameChanged(facts: Fact<GameState>[]): Promise<void> {
    for (const { payload, revision } of facts) await this.settings.keep(payload, revision);
  }
}

import { Injectable } from '@nestjs/common';
import { GameSettingsService } from '../game-settings/game-settings.service.js';
import { GrantsConfiguration } from '../grants.configuration.js';
import { expiryOf } from './expiry.js';

/** When grants run out that nobody gave an end (07 §8). */
@Injectable()
export class ExpiriesService {
  constructor(
    private readonly settings: GameSettingsService,
    private readonly configuration: GrantsConfiguration,
  ) {}

  /** Null = never. */
  async defaultOf(gameId: string, now: Date): Promise<Date | null> {
    const { grantDefaultTtlDays } = await this.settings.read(gameId);
    return expiryOf(now, grantDefaultTtlDays, this.configuration.grantDefaultTtlDays);
  }
}

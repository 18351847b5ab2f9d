import { Injectable } from '@nestjs/common';
import type { GameState } from '@kraty/contracts/identity';
import { GameSettingsStore } from './game-settings.store.js';

/** What a game is before this context has heard of it (04 §10). */
const acceptClientScoresDefault = true;

/** The copy of the game settings that boards go by. */
@Injectable()
export class GameSettings {
  constructor(private readonly store: GameSettingsStore) {}

  async keep({ gameId, studioId, settings }: GameState, revision: number): Promise<void> {
    await this.store.save({ gameId, studioId }, settings, revision);
  }

  async acceptClientScores(gameId: string): Promise<boolean> {
    return (await this.store.acceptClientScores(gameId)) ?? acceptClientScoresDefault;
  }

  /** Null = the built-in pool. */
  defaultIdentityPoolKey(gameId: string): Promise<string | null> {
    return this.store.defaultIdentityPoolKey(gameId);
  }
}

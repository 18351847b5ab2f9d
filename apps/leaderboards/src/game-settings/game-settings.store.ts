import { Injectable } from '@nestjs/common';
import type { GameScope } from '@kraty/contracts/common';
import type { GameSettings } from '@kraty/contracts/identity';
import { Database, statement } from '@kraty/platform/persistence';

/** An older revision never overwrites a newer one, in whatever order facts arrive. */
const saveSettings = statement(
  'leaderboards-save-game-settings',
  `insert into game_settings as kept (game_id, studio_id, accept_client_scores, default_identity_pool_key, revision)
   values ($1, $2, $3, $4, $5)
   on conflict (game_id) do update
      set accept_client_scores = excluded.accept_client_scores,
          default_identity_pool_key = excluded.default_identity_pool_key, revision = excluded.revision
    where kept.revision < excluded.revision`,
);
const selectSettings = statement(
  'leaderboards-read-game-settings',
  'select accept_client_scores as accepts, default_identity_pool_key as "poolKey" from game_settings where game_id = $1',
);

/** `defaultIdentityPoolKey` is absent in facts told before there was such a setting. */
type KeptSettings = Pick<GameSettings, 'acceptClientScores'> & Partial<Pick<GameSettings, 'defaultIdentityPoolKey'>>;

interface Row {
  accepts: boolean;
  poolKey: string | null;
}

@Injectable()
export class GameSettingsStore {
  constructor(private readonly database: Database) {}

  async save({ gameId, studioId }: GameScope, settings: KeptSettings, revision: number): Promise<void> {
    const { acceptClientScores, defaultIdentityPoolKey = null } = settings;
    const values = [gameId, studioId, acceptClientScores, defaultIdentityPoolKey, revision];
    await this.database.query(saveSettings, values);
  }

  /** Null for a game not heard of. */
  async acceptClientScores(gameId: string): Promise<boolean | null> {
    return (await this.find(gameId))?.accepts ?? null;
  }

  async defaultIdentityPoolKey(gameId: string): Promise<string | null> {
    return (await this.find(gameId))?.poolKey ?? null;
  }

  private async find(gameId: string): Promise<Row | undefined> {
    return (await this.database.query<Row>(selectSettings, [gameId]))[0];
  }
}

import { Injectable } from '@nestjs/common';
import type { GameScope } from '@kraty/contracts/common';
import { Database, statement } from '@kraty/platform/persistence';

/** An older revision never overwrites a newer one, in whatever order facts arrive. */
const saveSettings = statement(
  'leaderboards-save-game-settings',
  `insert into game_settings as kept (game_id, studio_id, accept_client_scores, revision) values ($1, $2, $3, $4)
   on conflict (game_id) do update
      set accept_client_scores = excluded.accept_client_scores, revision = excluded.revision
    where kept.revision < excluded.revision`,
);
const selectSettings = statement(
  'leaderboards-read-game-settings',
  'select accept_client_scores as accepts from game_settings where game_id = $1',
);

@Injectable()
export class GameSettingsStore {
  constructor(private readonly database: Database) {}

  async save({ gameId, studioId }: GameScope, acceptClientScores: boolean, revision: number): Promise<void> {
    await this.database.query(saveSettings, [gameId, studioId, acceptClientScores, revision]);
  }

  /** Null for a game not heard of. */
  async acceptClientScores(gameId: string): Promise<boolean | null> {
    const [row] = await this.database.query<{ accepts: boolean }>(selectSettings, [gameId]);
    return row?.accepts ?? null;
  }
}

import { Injectable } from '@nestjs/common';
import type { InventoryManagement } from '@kraty/contracts/identity';
import { Database, statement } from '@kraty/platform/persistence';

/** An older revision never overwrites a newer one, in whatever order facts arrive. */
const saveSettings = statement(
  'grants-save-game-settings',
  `insert into game_settings as kept (game_id, studio_id, inventory_management, grant_default_ttl_days, revision)
   values ($1, $2, $3, $4, $5)
   on conflict (game_id) do update
      set inventory_management = excluded.inventory_management,
          grant_default_ttl_days = excluded.grant_default_ttl_days, revision = excluded.revision
    where kept.revision < excluded.revision`,
);

const readSettings = statement(
  'grants-read-game-settings',
  `select inventory_management, grant_default_ttl_days, revision from game_settings where game_id = $1`,
);

export interface KeptSettings {
  inventoryManagement: InventoryManagement;
  grantDefaultTtlDays: number | null;
  revision: number;
}

interface SettingsRow {
  inventory_management: InventoryManagement;
  grant_default_ttl_days: number | null;
  revision: number;
}

@Injectable()
export class GameSettingsStore {
  constructor(private readonly database: Database) {}

  async save(game: { gameId: string; studioId: string }, settings: KeptSettings): Promise<void> {
    const { inventoryManagement, grantDefaultTtlDays, revision } = settings;
    const values = [game.gameId, game.studioId, inventoryManagement, grantDefaultTtlDays, revision];
    await this.database.query(saveSettings, values);
  }

  async read(gameId: string): Promise<KeptSettings | null> {
    const [row] = await this.database.query<SettingsRow>(readSettings, [gameId]);
    if (!row) return null;
    return {
      inventoryManagement: row.inventory_management,
      grantDefaultTtlDays: row.grant_default_ttl_days,
      revision: row.revision,
    };
  }
}

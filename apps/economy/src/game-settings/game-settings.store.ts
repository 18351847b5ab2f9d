import { Injectable } from '@nestjs/common';
import type { InventoryManagement } from '@kraty/contracts/identity';
import { Database, statement } from '@kraty/platform/persistence';

/** An older revision never overwrites a newer one, in whatever order facts arrive. */
const saveSettings = statement(
  'economy-save-game-settings',
  `insert into game_settings as kept (game_id, studio_id, inventory_management, revision)
   values ($1, $2, $3, $4)
   on conflict (game_id) do update
      set inventory_management = excluded.inventory_management, revision = excluded.revision
    where kept.revision < excluded.revision`,
);

const readSettings = statement(
  'economy-read-game-settings',
  `select inventory_management, revision from game_settings where game_id = $1`,
);

export interface KeptSettings {
  inventoryManagement: InventoryManagement;
  revision: number;
}

interface SettingsRow {
  inventory_management: InventoryManagement;
  revision: number;
}

@Injectable()
export class GameSettingsStore {
  constructor(private readonly database: Database) {}

  async save(game: { gameId: string; studioId: string }, settings: KeptSettings): Promise<void> {
    const values = [game.gameId, game.studioId, settings.inventoryManagement, settings.revision];
    await this.database.query(saveSettings, values);
  }

  async read(gameId: string): Promise<KeptSettings | null> {
    const [row] = await this.database.query<SettingsRow>(readSettings, [gameId]);
    return row ? { inventoryManagement: row.inventory_management, revision: row.revision } : null;
  }
}

import { Injectable } from '@nestjs/common';
import type { GameScope } from '@kraty/contracts/common';
import { statement, type Tx } from '@kraty/platform/persistence';
import type { StoredCurrency, StoredItem } from '../catalog/catalog.js';

/** Writing an archived row brings it back. */
const saveItem = statement(
  'economy-save-item',
  `insert into catalog_item (game_id, studio_id, key, name, description, icon_url, item_type_key, tags, rarity, attributes)
   values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
   on conflict (game_id, key) do update
      set name = excluded.name, description = excluded.description, icon_url = excluded.icon_url,
          item_type_key = excluded.item_type_key, tags = excluded.tags, rarity = excluded.rarity,
          attributes = excluded.attributes, archived_at = null`,
);

/** `kind` is not among what changes: it never does (08 §1). */
const saveCurrency = statement(
  'economy-save-currency',
  `insert into catalog_currency (game_id, studio_id, key, name, description, icon_url, kind, client_writable, initial_balance)
   values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
   on conflict (game_id, key) do update
      set name = excluded.name, description = excluded.description, icon_url = excluded.icon_url,
          client_writable = excluded.client_writable, initial_balance = excluded.initial_balance, archived_at = null`,
);

const archiveItems = statement(
  'economy-archive-items',
  `update catalog_item set archived_at = $2 where game_id = $1 and key = any($3) and archived_at is null`,
);

const archiveCurrencies = statement(
  'economy-archive-currencies',
  `update catalog_currency set archived_at = $2 where game_id = $1 and key = any($3) and archived_at is null`,
);

const nextVersion = statement(
  'economy-next-catalog-version',
  `insert into catalog_version as kept (game_id, studio_id, version) values ($1, $2, 1)
   on conflict (game_id) do update set version = kept.version + 1
   returning version`,
);

/** Writes of the catalog; only a committed configuration makes them. */
@Injectable()
export class SectionsStore {
  async saveItem(tx: Tx, game: GameScope, item: StoredItem): Promise<void> {
    await tx.query(saveItem, [
      game.gameId,
      game.studioId,
      item.key,
      JSON.stringify(item.name),
      jsonOrNull(item.description),
      item.iconUrl,
      item.itemTypeKey,
      item.tags,
      item.rarity,
      JSON.stringify(item.attributes),
    ]);
  }

  async saveCurrency(tx: Tx, game: GameScope, currency: StoredCurrency): Promise<void> {
    await tx.query(saveCurrency, [
      game.gameId,
      game.studioId,
      currency.key,
      JSON.stringify(currency.name),
      jsonOrNull(currency.description),
      currency.iconUrl,
      currency.kind,
      currency.clientWritable,
      currency.initialBalance,
    ]);
  }

  async archive(
    tx: Tx,
    game: GameScope,
    keys: { items: readonly string[]; currencies: readonly string[] },
    now: Date,
  ): Promise<void> {
    if (keys.items.length > 0) await tx.query(archiveItems, [game.gameId, now, keys.items]);
    if (keys.currencies.length > 0) await tx.query(archiveCurrencies, [game.gameId, now, keys.currencies]);
  }

  async nextVersion(tx: Tx, game: GameScope): Promise<number> {
    const [row] = await tx.query<{ version: number }>(nextVersion, [game.gameId, game.studioId]);
    if (!row) throw new Error('the version is always returned');
    return row.version;
  }
}

function jsonOrNull(value: unknown): string | null {
  return value === null ? null : JSON.stringify(value);
}

import { Injectable } from '@nestjs/common';
import type { GameScope } from '@kraty/contracts/common';
import { statement, type Tx } from '@kraty/platform/persistence';
import type { StoredCurrency, StoredItem, StoredItemType } from '../catalog/catalog.js';

/** Writing an archived row brings it back. */
const saveItem = statement(
  'economy-save-item',
  `insert into catalog_item as kept (game_id, studio_id, key, name, description, icon_url, item_type_key, tags, rarity,
                                     attributes, crate, gifting)
   values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
   on conflict (game_id, key) do update
      set name = excluded.name, description = excluded.description, icon_url = excluded.icon_url,
          item_type_key = excluded.item_type_key, tags = excluded.tags, rarity = excluded.rarity,
          attributes = excluded.attributes, crate = excluded.crate, gifting = excluded.gifting, archived_at = null,
          version = kept.version + 1`,
);

const saveItemType = statement(
  'economy-save-item-type',
  `insert into catalog_item_type as kept (game_id, studio_id, key, name, stackable)
   values ($1, $2, $3, $4, $5)
   on conflict (game_id, key) do update
      set name = excluded.name, stackable = excluded.stackable, archived_at = null, version = kept.version + 1`,
);

/** `kind` is not among what changes: it never does (08 §1). */
const saveCurrency = statement(
  'economy-save-currency',
  `insert into catalog_currency as kept (game_id, studio_id, key, name, description, icon_url, kind, client_writable,
                                         initial_balance, gifting, derived_from)
   values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
   on conflict (game_id, key) do update
      set name = excluded.name, description = excluded.description, icon_url = excluded.icon_url,
          client_writable = excluded.client_writable, initial_balance = excluded.initial_balance,
          gifting = excluded.gifting, derived_from = excluded.derived_from, archived_at = null,
          version = kept.version + 1`,
);

const archiveItems = statement(
  'economy-archive-items',
  `update catalog_item set archived_at = $2, version = version + 1 where game_id = $1 and key = any($3) and archived_at is null`,
);

const archiveItemTypes = statement(
  'economy-archive-item-types',
  `update catalog_item_type set archived_at = $2, version = version + 1 where game_id = $1 and key = any($3) and archived_at is null`,
);

const archiveCurrencies = statement(
  'economy-archive-currencies',
  `update catalog_currency set archived_at = $2, version = version + 1 where game_id = $1 and key = any($3) and archived_at is null`,
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
      jsonOrNull(item.crate),
      jsonOrNull(item.gifting),
    ]);
  }

  async saveItemType(tx: Tx, game: GameScope, { key, name, stackable }: StoredItemType): Promise<void> {
    await tx.query(saveItemType, [game.gameId, game.studioId, key, JSON.stringify(name), stackable]);
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
      jsonOrNull(currency.gifting),
      jsonOrNull(currency.derivedFrom),
    ]);
  }

  async archive(
    tx: Tx,
    game: GameScope,
    keys: { itemTypes: readonly string[]; items: readonly string[]; currencies: readonly string[] },
    now: Date,
  ): Promise<void> {
    if (keys.itemTypes.length > 0) await tx.query(archiveItemTypes, [game.gameId, now, keys.itemTypes]);
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

import { Injectable } from '@nestjs/common';
import { Database, statement, type Tx } from '@kraty/platform/persistence';
import {
  catalogOf,
  currencyOf,
  itemOf,
  type Catalog,
  type CurrencyRow,
  type ItemRow,
  itemTypeOf,
  type ItemTypeRow,
} from './catalog.js';

/** Version and rows in one statement, hence of one instant. */
const readCatalog = statement(
  'economy-read-catalog',
  `select
     coalesce((select version from catalog_version where game_id = $1), 0) as version,
     coalesce((select json_agg(row) from (
       select key, name, description, icon_url, item_type_key, tags, rarity, attributes, crate, gifting, version,
              archived_at
         from catalog_item where game_id = $1) as row), '[]') as items,
     coalesce((select json_agg(row) from (
       select key, name, description, icon_url, kind, client_writable, initial_balance, gifting, derived_from,
              version, archived_at
         from catalog_currency where game_id = $1) as row), '[]') as currencies,
     coalesce((select json_agg(row) from (
       select key, name, stackable, version, archived_at
         from catalog_item_type where game_id = $1) as row), '[]') as item_types`,
);

interface CatalogRow {
  version: number;
  items: ItemRow[];
  currencies: CurrencyRow[];
  item_types: ItemTypeRow[];
}

@Injectable()
export class CatalogStore {
  constructor(private readonly database: Database) {}

  /** The whole catalog, archived rows included; an unknown game has an empty one of version 0. */
  async read(gameId: string, tx: Tx = this.database): Promise<Catalog> {
    const [row] = await tx.query<CatalogRow>(readCatalog, [gameId]);
    if (!row) throw new Error('the catalog query answers one row');
    return catalogOf(row.version, {
      items: row.items.map(itemOf),
      currencies: row.currencies.map(currencyOf),
      itemTypes: row.item_types.map(itemTypeOf),
    });
  }
}

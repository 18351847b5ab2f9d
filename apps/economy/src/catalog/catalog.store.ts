import { Injectable } from '@nestjs/common';
import { Database, statement } from '@kraty/platform/persistence';
import { catalogOf, currencyOf, itemOf, type Catalog, type CurrencyRow, type ItemRow } from './catalog.js';

/** Version and rows in one statement, hence of one instant. */
const readCatalog = statement(
  'economy-read-catalog',
  `select
     coalesce((select version from catalog_version where game_id = $1), 0) as version,
     coalesce((select json_agg(row) from (
       select key, name, description, icon_url, item_type_key, tags, rarity, attributes, archived_at is not null as archived
         from catalog_item where game_id = $1) as row), '[]') as items,
     coalesce((select json_agg(row) from (
       select key, name, description, icon_url, kind, client_writable, initial_balance, archived_at is not null as archived
         from catalog_currency where game_id = $1) as row), '[]') as currencies`,
);

interface CatalogRow {
  version: number;
  items: ItemRow[];
  currencies: CurrencyRow[];
}

@Injectable()
export class CatalogStore {
  constructor(private readonly database: Database) {}

  /** The whole catalog, archived rows included; an unknown game has an empty one of version 0. */
  async read(gameId: string): Promise<Catalog> {
    const [row] = await this.database.query<CatalogRow>(readCatalog, [gameId]);
    if (!row) throw new Error('the catalog query answers one row');
    return catalogOf(row.version, row.items.map(itemOf), row.currencies.map(currencyOf));
  }
}

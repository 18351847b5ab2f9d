import { Injectable } from '@nestjs/common';
import type { Localized } from '@kraty/contracts/common';
import { Database, statement } from '@kraty/platform/persistence';
import type { RollableEntry } from '../rolls/roll.js';

const readByKeys = statement(
  'grants-read-bundles-by-key',
  `select key, name, entries, revision, archived_at is not null as archived
     from reward_bundle
    where game_id = $1 and key = any($2)`,
);

const readAll = statement(
  'grants-read-bundles',
  `select key, name, entries, revision, archived_at is not null as archived
     from reward_bundle
    where game_id = $1
    order by key collate "C"`,
);

export interface StoredBundle {
  key: string;
  name: Localized;
  entries: RollableEntry[];
  revision: number;
  archived: boolean;
}

@Injectable()
export class BundlesStore {
  constructor(private readonly database: Database) {}

  async byKeys(gameId: string, keys: readonly string[]): Promise<StoredBundle[]> {
    return this.database.query<StoredBundle>(readByKeys, [gameId, keys]);
  }

  /** All of a game, archived ones included, sorted by key. */
  async all(gameId: string): Promise<StoredBundle[]> {
    return this.database.query<StoredBundle>(readAll, [gameId]);
  }
}

import { Injectable } from '@nestjs/common';
import type { RewardSection } from '@kraty/contracts/grants';
import { Database, statement, type Tx } from '@kraty/platform/persistence';
import type { StoredBundle, StoredTable } from './stored-object.js';

const bundleColumns = `id, key, name, entries as content, revision, archived_at`;
const tableColumns = `id, key, name, definition as content, revision, archived_at`;

const readBundlesByKeys = statement(
  'grants-read-bundles-by-key',
  `select ${bundleColumns} from reward_bundle where game_id = $1 and key = any($2)`,
);
const readBundles = statement(
  'grants-read-bundles',
  `select ${bundleColumns} from reward_bundle where game_id = $1 order by key collate "C"`,
);
const readTables = statement(
  'grants-read-tables',
  `select ${tableColumns} from reward_table where game_id = $1 order by key collate "C"`,
);
const findBundle = statement(
  'grants-find-bundle',
  `select ${bundleColumns} from reward_bundle where game_id = $1 and (key = $2 or id::text = lower($2))`,
);
const findTable = statement(
  'grants-find-table',
  `select ${tableColumns} from reward_table where game_id = $1 and (key = $2 or id::text = lower($2))`,
);

/** Bundles and tables as they stand, archived ones included. */
@Injectable()
export class RewardObjectsStore {
  constructor(private readonly database: Database) {}

  async bundlesByKeys(gameId: string, keys: readonly string[]): Promise<StoredBundle[]> {
    return this.database.query<StoredBundle>(readBundlesByKeys, [gameId, keys]);
  }

  /** Sorted by key. */
  async bundles(gameId: string, tx: Tx = this.database): Promise<StoredBundle[]> {
    return tx.query<StoredBundle>(readBundles, [gameId]);
  }

  /** Sorted by key. */
  async tables(gameId: string, tx: Tx = this.database): Promise<StoredTable[]> {
    return tx.query<StoredTable>(readTables, [gameId]);
  }

  /** By key or id; null when there is none. */
  async find(
    gameId: string,
    section: RewardSection,
    id: string,
    tx: Tx = this.database,
  ): Promise<StoredBundle | StoredTable | null> {
    const find = section === 'rewardBundles' ? findBundle : findTable;
    const [row] = await tx.query<StoredBundle | StoredTable>(find, [gameId, id]);
    return row ?? null;
  }
}

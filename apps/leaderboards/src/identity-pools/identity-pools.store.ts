import { Injectable } from '@nestjs/common';
import { Database, statement, type Tx } from '@kraty/platform/persistence';
import type { IdentityPool } from './identity-pool.js';

const columns = `pool_id as "poolId", studio_id as "studioId", game_id as "gameId", key, name, entries, version,
  archived_at as "archivedAt"`;

const selectOfGame = statement('identity-pools-of-game', `select ${columns} from identity_pool where game_id = $1`);
const selectByKeys = statement(
  'identity-pools-by-keys',
  `select ${columns} from identity_pool where game_id = $1 and key = any($2::text[])`,
);
/** Writing an archived pool brings it back. */
const save = statement(
  'identity-pool-save',
  `insert into identity_pool as kept (pool_id, studio_id, game_id, key, name, entries)
   values ($1, $2, $3, $4, $5, $6)
   on conflict (game_id, key) do update
      set name = excluded.name, entries = excluded.entries, archived_at = null, version = kept.version + 1`,
);
const archive = statement(
  'identity-pools-archive',
  `update identity_pool set archived_at = $3, version = version + 1
    where game_id = $1 and key = any($2::text[]) and archived_at is null`,
);

/** Identity pools of games. */
@Injectable()
export class IdentityPoolsStore {
  constructor(private readonly database: Database) {}

  /** Archived ones, too; in no order. */
  ofGame(gameId: string, tx: Tx = this.database): Promise<IdentityPool[]> {
    return tx.query<IdentityPool>(selectOfGame, [gameId]);
  }

  byKeys(gameId: string, keys: readonly string[], tx: Tx = this.database): Promise<IdentityPool[]> {
    return tx.query<IdentityPool>(selectByKeys, [gameId, keys]);
  }

  async save(tx: Tx, pool: IdentityPool): Promise<void> {
    const { poolId, studioId, gameId, key, name, entries } = pool;
    await tx.query(save, [poolId, studioId, gameId, key, JSON.stringify(name), JSON.stringify(entries)]);
  }

  async archive(tx: Tx, gameId: string, keys: readonly string[], now: Date): Promise<void> {
    if (keys.length > 0) await tx.query(archive, [gameId, keys, now]);
  }
}

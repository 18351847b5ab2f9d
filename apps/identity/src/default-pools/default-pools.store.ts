import { Injectable } from '@nestjs/common';
import { Database, statement, type Tx } from '@kraty/platform/persistence';

/** A pool as it was copied. */
export interface CopiedPool {
  poolId: string;
  version: number;
}

/** What a player has drawn. */
export interface DrawnIdentity {
  name: string;
  avatar: string | null;
  /** Of the pool it was drawn from. */
  poolSize: number;
}

const findCopy = statement(
  'identity_default_pool_find',
  `select pool_id as "poolId", version from default_identity_pool where game_id = $1`,
);

// Of the same pool only a newer version.
const saveCopy = statement(
  'identity_default_pool_save',
  `insert into default_identity_pool as kept (game_id, pool_id, version, size) values ($1, $2, $3, $4)
   on conflict (game_id) do update set pool_id = excluded.pool_id, version = excluded.version, size = excluded.size
    where kept.pool_id <> excluded.pool_id or kept.version < excluded.version
   returning game_id`,
);
const removeEntries = statement(
  'identity_default_pool_remove_entries',
  'delete from default_identity where game_id = $1',
);
const insertEntries = statement(
  'identity_default_pool_insert_entries',
  `insert into default_identity (game_id, place, name, avatar)
   select $1, place - 1, name, avatar from unnest($2::text[], $3::text[]) with ordinality as entry (name, avatar, place)`,
);
const removeCopy = statement('identity_default_pool_remove', 'delete from default_identity_pool where game_id = $1');

const draw = statement(
  'identity_default_pool_draw',
  `select entry.name, entry.avatar, pool.size as "poolSize"
     from default_identity_pool as pool
     join default_identity as entry on entry.game_id = pool.game_id and entry.place = $2::bigint % pool.size
    where pool.game_id = $1`,
);

/** Copies of the identity pools that games have named as their default. */
@Injectable()
export class DefaultPoolsStore {
  constructor(private readonly database: Database) {}

  async find(gameId: string): Promise<CopiedPool | null> {
    const [row] = await this.database.query<CopiedPool>(findCopy, [gameId]);
    return row ?? null;
  }

  /** Replaces the game's copy, unless it is of a newer version already. */
  async replace(
    tx: Tx,
    gameId: string,
    { poolId, version }: CopiedPool,
    entries: readonly { name: string; avatar?: string | null }[],
  ): Promise<void> {
    const saved = await tx.query(saveCopy, [gameId, poolId, version, entries.length]);
    if (saved.length === 0) return;
    await tx.query(removeEntries, [gameId]);
    const [names, avatars] = [entries.map(({ name }) => name), entries.map(({ avatar }) => avatar ?? null)];
    await tx.query(insertEntries, [gameId, names, avatars]);
  }

  async remove(tx: Tx, gameId: string): Promise<void> {
    await tx.query(removeCopy, [gameId]);
  }

  /** The entry a number falls on; null when the game has no copy. */
  async draw(tx: Tx, gameId: string, number: number): Promise<DrawnIdentity | null> {
    const [row] = await tx.query<DrawnIdentity>(draw, [gameId, number]);
    return row ?? null;
  }
}

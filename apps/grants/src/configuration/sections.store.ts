import { Injectable } from '@nestjs/common';
import type { GameScope } from '@kraty/contracts/common';
import type { RewardBundleConfiguration } from '@kraty/contracts/grants';
import { statement, type Tx } from '@kraty/platform/persistence';

/** A bundle and its new revision in one statement; writing an archived bundle brings it back. */
const saveBundle = statement(
  'grants-save-bundle',
  `with saved as (
     insert into reward_bundle as kept (game_id, key, id, studio_id, name, entries, revision)
     values ($1, $2, $3, $4, $5, $6, 1)
     on conflict (game_id, key) do update
        set name = excluded.name, entries = excluded.entries, revision = kept.revision + 1, archived_at = null
     returning game_id, key, revision, studio_id, entries
   )
   insert into bundle_revision (game_id, key, revision, studio_id, entries, archived, in_force_from)
   select game_id, key, revision, studio_id, entries, false, $7 from saved`,
);

/** Being archived is a revision as well: a payout pinned before it still pays. */
const archiveBundles = statement(
  'grants-archive-bundles',
  `with archived as (
     update reward_bundle set archived_at = $3, revision = revision + 1
      where game_id = $1 and key = any($2) and archived_at is null
     returning game_id, key, revision, studio_id, entries
   )
   insert into bundle_revision (game_id, key, revision, studio_id, entries, archived, in_force_from)
   select game_id, key, revision, studio_id, entries, true, $3 from archived`,
);

const nextVersion = statement(
  'grants-next-rewards-version',
  `insert into rewards_version as kept (game_id, studio_id, version) values ($1, $2, 1)
   on conflict (game_id) do update set version = kept.version + 1
   returning version`,
);

/** Writes of the bundles; only a committed configuration makes them. */
@Injectable()
export class SectionsStore {
  async saveBundle(
    tx: Tx,
    game: GameScope,
    bundle: RewardBundleConfiguration & { id: string },
    now: Date,
  ): Promise<void> {
    const name = JSON.stringify(bundle.name);
    const entries = JSON.stringify(bundle.entries);
    await tx.query(saveBundle, [game.gameId, bundle.key, bundle.id, game.studioId, name, entries, now]);
  }

  async archive(tx: Tx, game: GameScope, keys: readonly string[], now: Date): Promise<void> {
    if (keys.length > 0) await tx.query(archiveBundles, [game.gameId, keys, now]);
  }

  async nextVersion(tx: Tx, game: GameScope): Promise<number> {
    const [row] = await tx.query<{ version: number }>(nextVersion, [game.gameId, game.studioId]);
    if (!row) throw new Error('the version is always returned');
    return row.version;
  }
}

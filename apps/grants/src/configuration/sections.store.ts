import { Injectable } from '@nestjs/common';
import type { GameScope, Localized } from '@kraty/contracts/common';
import type { RewardSection } from '@kraty/contracts/grants';
import { statement, type Statement, type Tx } from '@kraty/platform/persistence';

interface Places {
  objects: string;
  revisions: string;
  content: string;
}

const places: Record<RewardSection, Places> = {
  rewardBundles: { objects: 'reward_bundle', revisions: 'bundle_revision', content: 'entries' },
  rewardTables: { objects: 'reward_table', revisions: 'table_revision', content: 'definition' },
};

/** An object and its new revision in one statement; writing an archived one brings it back. */
const saving = ({ objects, revisions, content }: Places): string =>
  `with saved as (
     insert into ${objects} as kept (game_id, key, id, studio_id, name, ${content}, revision)
     values ($1, $2, $3, $4, $5, $6, 1)
     on conflict (game_id, key) do update
        set name = excluded.name, ${content} = excluded.${content}, revision = kept.revision + 1, archived_at = null
     returning game_id, key, revision, studio_id, ${content}
   )
   insert into ${revisions} (game_id, key, revision, studio_id, ${content}, archived, in_force_from)
   select game_id, key, revision, studio_id, ${content}, false, $7 from saved`;

/** Being archived is a revision as well: a payout pinned before it still pays. */
const archiving = ({ objects, revisions, content }: Places): string =>
  `with archived as (
     update ${objects} set archived_at = $3, revision = revision + 1
      where game_id = $1 and key = any($2) and archived_at is null
     returning game_id, key, revision, studio_id, ${content}
   )
   insert into ${revisions} (game_id, key, revision, studio_id, ${content}, archived, in_force_from)
   select game_id, key, revision, studio_id, ${content}, true, $3 from archived`;

const saveObject: Record<RewardSection, Statement> = {
  rewardBundles: statement('grants-save-bundle', saving(places.rewardBundles)),
  rewardTables: statement('grants-save-table', saving(places.rewardTables)),
};

const archiveObjects: Record<RewardSection, Statement> = {
  rewardBundles: statement('grants-archive-bundles', archiving(places.rewardBundles)),
  rewardTables: statement('grants-archive-tables', archiving(places.rewardTables)),
};

const nextVersion = statement(
  'grants-next-rewards-version',
  `insert into rewards_version as kept (game_id, studio_id, version) values ($1, $2, 1)
   on conflict (game_id) do update set version = kept.version + 1
   returning version`,
);

export interface SavedObject {
  id: string;
  key: string;
  name: Localized;
  content: object;
}

/** Writes of bundles and tables; only a configuration that was checked makes them. */
@Injectable()
export class SectionsStore {
  async save(tx: Tx, game: GameScope, section: RewardSection, object: SavedObject, now: Date): Promise<void> {
    const { id, key, name, content } = object;
    const values = [game.gameId, key, id, game.studioId, JSON.stringify(name), JSON.stringify(content), now];
    await tx.query(saveObject[section], values);
  }

  async archive(tx: Tx, game: GameScope, section: RewardSection, keys: readonly string[], now: Date): Promise<void> {
    if (keys.length > 0) await tx.query(archiveObjects[section], [game.gameId, keys, now]);
  }

  async nextVersion(tx: Tx, game: GameScope): Promise<number> {
    const [row] = await tx.query<{ version: number }>(nextVersion, [game.gameId, game.studioId]);
    if (!row) throw new Error('the version is always returned');
    return row.version;
  }
}

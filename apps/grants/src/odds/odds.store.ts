import { Injectable } from '@nestjs/common';
import type { Scope } from '@kraty/contracts/common';
import type { GrantedEntry } from '@kraty/contracts/grants';
import { Database, statement } from '@kraty/platform/persistence';
import type { PinnedRevision } from '../rolls/roll-contents.js';
import type { RollableEntry, RollableTable } from '../rolls/roll.js';

/** Newest first: keys of crates end with ids that grow with time. */
const readOpenings = statement(
  'grants-read-openings',
  `select opening.payout_key, opening.roll_secret_version, opening.pinned_revisions, opening.ordered->'entries' as rolled,
          given.contents->'entries' as entries
     from payout as opening
     join player_grant as given on given.parent_grant_id = substr(opening.payout_key, 7)::uuid
      and given.source_kind = 'crate_open' and given.kind = 'reward'
    where opening.game_id = $1 and opening.environment = $2
      and opening.payout_key > 'crate:' and opening.payout_key < $3
      and opening.pinned_revisions @> $4::jsonb and opening.ordered is not null
    order by opening.payout_key desc
    limit $5`,
);

const readRevisions = statement(
  'grants-read-table-revisions',
  `select kept.key, kept.revision, kept.definition as content
     from unnest($2::text[], $3::int[]) as wanted(key, revision)
     join table_revision as kept on kept.game_id = $1 and kept.key = wanted.key and kept.revision = wanted.revision`,
);

export interface Opening {
  payout_key: string;
  roll_secret_version: number;
  pinned_revisions: PinnedRevision[];
  rolled: RollableEntry[];
  entries: GrantedEntry[];
}

@Injectable()
export class OddsStore {
  constructor(private readonly database: Database) {}

  /** Openings that rolled a revision of a table, below the given key, newest first. */
  async openings(scope: Scope, table: PinnedRevision, belowKey: string, limit: number): Promise<Opening[]> {
    const { kind, key, revision } = table;
    const pinned = JSON.stringify([{ kind, key, revision }]);
    return this.database.query<Opening>(readOpenings, [scope.gameId, scope.environment, belowKey, pinned, limit]);
  }

  async tables(gameId: string, revisions: readonly PinnedRevision[]): Promise<Map<string, RollableTable>> {
    const rows = await this.database.query<{ key: string; content: RollableTable }>(readRevisions, [
      gameId,
      revisions.map(({ key }) => key),
      revisions.map(({ revision }) => revision),
    ]);
    return new Map(rows.map(({ key, content }) => [key, content]));
  }
}

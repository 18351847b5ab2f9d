import { Injectable } from '@nestjs/common';
import { Database, statement } from '@kraty/platform/persistence';
import type { RollableEntry, RollableTable } from './roll.js';

/**
 * The newest revision in force at each instant. A pin instant before the first revision gets the first: two services'
 * clocks may differ by a little, and what an event could name did exist.
 */
const revisionsInForce = (revisions: string, objects: string, content: string): string =>
  `select pinned.revision, pinned.${content} as content, coalesce(pinned.archived, true) as archived,
          coalesce(present.archived_at is null, false) as present
     from unnest($1::uuid[], $2::text[], $3::timestamptz[]) with ordinality as wanted(game_id, key, pin_at, place)
     left join lateral (
       select revision, ${content}, archived
         from ${revisions}
        where game_id = wanted.game_id and key = wanted.key
        order by in_force_from <= wanted.pin_at desc,
                 case when in_force_from <= wanted.pin_at then -revision else revision end
        limit 1
     ) as pinned on true
     left join ${objects} as present on present.game_id = wanted.game_id and present.key = wanted.key
    order by wanted.place`;

const bundlesInForce = statement(
  'grants-bundles-in-force',
  revisionsInForce('bundle_revision', 'reward_bundle', 'entries'),
);

const tablesInForce = statement(
  'grants-tables-in-force',
  revisionsInForce('table_revision', 'reward_table', 'definition'),
);

/** What is wanted: an object as it stood at an instant. */
export interface Wanted {
  gameId: string;
  key: string;
  pinAt: Date;
}

/** An object as it stood at a pin instant. */
export interface Pinned<C> {
  /** Null = there never was one. */
  revision: number | null;
  content: C | null;
  archived: boolean;
  /** It exists now and is not archived. */
  present: boolean;
}

@Injectable()
export class PinnedStore {
  constructor(private readonly database: Database) {}

  /** One answer a wish, in their order. */
  async bundles(wanted: readonly Wanted[]): Promise<Pinned<RollableEntry[]>[]> {
    return wanted.length === 0 ? [] : this.database.query(bundlesInForce, columnsOf(wanted));
  }

  /** One answer a wish, in their order. */
  async tables(wanted: readonly Wanted[]): Promise<Pinned<RollableTable>[]> {
    return wanted.length === 0 ? [] : this.database.query(tablesInForce, columnsOf(wanted));
  }
}

function columnsOf(wanted: readonly Wanted[]): unknown[] {
  return [wanted.map(({ gameId }) => gameId), wanted.map(({ key }) => key), wanted.map(({ pinAt }) => pinAt)];
}

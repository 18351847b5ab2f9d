import { Injectable } from '@nestjs/common';
import { Database, statement, type Tx } from '@kraty/platform/persistence';

/** Merges of merges are followed so far. */
const linksMax = 32;

const selectLinks = statement(
  'merges-links',
  `with recursive link (player_id, former_id, owner_id, links) as (
     select from_player, from_player, to_player, 1 from standings_merge where from_player = any($1::uuid[])
     union all
     select link.player_id, next.from_player, next.to_player, links + 1
       from link join standings_merge as next on next.from_player = link.owner_id
      where links < ${linksMax}
   )
   select player_id as "playerId", former_id as "formerId", owner_id as "ownerId" from link order by player_id, links`,
);
const selectTargets = statement(
  'merges-targets',
  'select distinct to_player as id from standings_merge where to_player = any($1::uuid[]) and begun_at >= $2',
);

/** A player that has been merged, and into whom. */
export interface Link {
  /** Who was asked for. */
  playerId: string;
  /** That player, or one it was merged into and that was merged in turn. */
  formerId: string;
  ownerId: string;
}

/** Who has been merged into whom. */
@Injectable()
export class MergedPlayersStore {
  constructor(private readonly database: Database) {}

  /** From each of the players that have been merged to the present one; nothing for all others. */
  async links(playerIds: readonly string[], tx: Tx = this.database): Promise<Link[]> {
    return playerIds.length === 0 ? [] : tx.query<Link>(selectLinks, [playerIds]);
  }

  /** Those of the players that have taken somebody over since. */
  async targets(playerIds: readonly string[], since: Date): Promise<Set<string>> {
    const rows = await this.database.query<{ id: string }>(selectTargets, [playerIds, since]);
    return new Set(rows.map(({ id }) => id));
  }
}

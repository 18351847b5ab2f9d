import { Injectable } from '@nestjs/common';
import type { Environment } from '@kraty/contracts/common';
import { statement, type Tx } from '@kraty/platform/persistence';
import { ownerId, type Owner } from './owned-resource.js';

/** Merges of merges that are followed; nobody is merged so often. */
const linksMax = 32;

const readOwners = statement(
  'economy-read-present-owners',
  `with recursive owner(game_id, environment, merged, player_id, links) as (
     select game_id, environment, player_id, player_id, 0
       from unnest($1::uuid[], $2::text[], $3::uuid[]) as asked(game_id, environment, player_id)
     union all
     select owner.game_id, owner.environment, owner.merged, taken.to_player, owner.links + 1
       from owner
       join holdings_merge as taken
         on taken.game_id = owner.game_id and taken.environment = owner.environment
        and taken.from_player = owner.player_id
      where owner.links < ${linksMax}
   )
   select distinct on (game_id, environment, merged) game_id, environment, merged, player_id
     from owner
    where links > 0
    order by game_id, environment, merged, links desc`,
);

interface OwnerRow {
  game_id: string;
  environment: Environment;
  merged: string;
  player_id: string;
}

/** Whose the things of merged players are now (12 §7.4). */
@Injectable()
export class OwnersStore {
  /** Ids by `ownerId`, of those players who were merged away. */
  async read(tx: Tx, players: readonly Owner[]): Promise<Map<string, string>> {
    const rows = await tx.query<OwnerRow>(readOwners, [
      players.map(({ scope }) => scope.gameId),
      players.map(({ scope }) => scope.environment),
      players.map(({ playerId }) => playerId),
    ]);
    return new Map(
      rows.map(({ game_id: gameId, environment, merged, player_id: playerId }) => [
        ownerId({ scope: { gameId, environment }, playerId: merged }),
        playerId,
      ]),
    );
  }
}

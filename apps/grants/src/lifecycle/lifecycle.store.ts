import { Injectable } from '@nestjs/common';
import type { PlayerRef, Scope } from '@kraty/contracts/common';
import { Database, statement, type Tx } from '@kraty/platform/persistence';

const reassignGrants = statement(
  'grants-reassign',
  `update player_grant set player_id = $4, external_player_id = $5, revision = revision + 1
    where game_id = $1 and environment = $2 and player_id = $3
   returning id`,
);

/**
 * A level or a ladder's move that was paid to one of them under a key that names the player counts for the other
 * (07 §3.1). What ranks and pools owe both of them is owed twice: each has a place of its own.
 */
const copyMarkers = statement(
  'grants-copy-payout-markers',
  `insert into payout (game_id, environment, payout_key, studio_id, player_id, outcome, pinned_revisions, created_at)
   select game_id, environment, replace(payout_key, $3::text, $4::text), studio_id, $4::uuid, 'empty', '[]', created_at
     from payout
    where game_id = $1 and environment = $2 and player_id = $3::uuid and payout_key ~ '^(level|ladder):'
   on conflict do nothing`,
);

/** What could not be rolled for one of them is paid to the other, when it can; its key, and so its roll, stays. */
const reassignFailed = statement(
  'grants-reassign-failed-payouts',
  `update payout set player_id = $4, ordered = jsonb_set(ordered, '{externalPlayerId}', to_jsonb($5::text))
    where game_id = $1 and environment = $2 and player_id = $3 and outcome = 'failed' and ordered is not null`,
);

/** Nothing more is paid to a player who is erased, nor for one merged into them, and the order that names them goes. */
const forgetFailed = statement(
  'grants-forget-failed-payouts',
  `update payout set ordered = null
    where game_id = $1 and environment = $2 and outcome = 'failed'
      and (player_id = $3 or player_id in (select from_player from player_merge
                                            where game_id = $1 and environment = $2 and to_player = $3))`,
);

/** Winners of pools that are not paid yet are paid as the target; each share keeps its name (07 §5.4). */
const reassignWinners = statement(
  'grants-reassign-pool-winners',
  `update pool_winner set won_as = coalesce(won_as, player_id), player_id = $4, external_player_id = $5
    where game_id = $1 and environment = $2 and player_id = $3`,
);

/** Nobody is given anything while this is held: `grant_owner` shares it. Both are functions of the schema. */
const fencePlayer = statement('grants-fence-merged-player', 'select hold_player_fence($1::uuid, true)');

/** From here on what is meant for one of them is given to the other; so is what was meant for those merged before. */
const recordMerge = statement(
  'grants-record-player-merge',
  `with passed_on as (
     update player_merge set to_player = $5, to_external = $6
      where game_id = $1 and environment = $2 and to_player = $3
   )
   insert into player_merge (game_id, environment, from_player, studio_id, to_player, to_external, merged_at)
   values ($1, $2, $3, $4, $5, $6, $7)
   on conflict do nothing`,
);

const forgetName = statement(
  'grants-forget-merged-name',
  `update player_merge set to_external = $4 where game_id = $1 and environment = $2 and to_player = $3`,
);

/** A share that is not paid yet is paid all the same, and to no name (07 §14). */
const forgetWinner = statement(
  'grants-forget-pool-winner',
  `update pool_winner set external_player_id = $4 where game_id = $1 and environment = $2 and player_id = $3`,
);

const eraseGrants = statement(
  'grants-erase',
  `update player_grant
      set external_player_id = $4, revision = revision + 1,
          status = case when status = 'pending' and deposit_state = 'none' then 'expired' else status end
    where game_id = $1 and environment = $2 and player_id = $3
   returning status = 'expired' as expired`,
);

@Injectable()
export class LifecycleStore {
  constructor(private readonly database: Database) {}

  /**
   * How many grants changed hands. Rows first and the fence behind them, as everyone does who gives something; what was
   * given in between is found by the second look.
   */
  async merge(
    tx: Tx,
    { gameId, environment, studioId }: Scope,
    from: PlayerRef,
    to: PlayerRef,
    now: Date,
  ): Promise<number> {
    const place = [gameId, environment, from.playerId];
    await tx.query(copyMarkers, [...place, to.playerId]);
    const values = [...place, to.playerId, to.externalPlayerId];
    await tx.query(reassignFailed, values);
    await tx.query(reassignWinners, values);
    const found = await tx.query(reassignGrants, values);
    await tx.query(fencePlayer, [from.playerId]);
    await tx.query(recordMerge, [...place, studioId, to.playerId, to.externalPlayerId, now]);
    const late = await tx.query(reassignGrants, values);
    return found.length + late.length;
  }

  /** How many of the player's grants are expired now. */
  async erase({ gameId, environment }: Scope, playerId: string, anonymizedExternalId: string): Promise<number> {
    const place = [gameId, environment, playerId];
    await this.database.query(forgetFailed, place);
    const values = [...place, anonymizedExternalId];
    await this.database.query(forgetName, values);
    await this.database.query(forgetWinner, values);
    const rows = await this.database.query<{ expired: boolean }>(eraseGrants, values);
    return rows.filter(({ expired }) => expired).length;
  }
}

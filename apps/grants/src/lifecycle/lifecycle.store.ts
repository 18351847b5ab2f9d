import { Injectable } from '@nestjs/common';
import type { PlayerRef, Scope } from '@kraty/contracts/common';
import { Database, statement, type Tx } from '@kraty/platform/persistence';
import type { DepositState } from '../grants/grant.js';

const reassignGrants = statement(
  'grants-reassign',
  `update player_grant set player_id = $4, external_player_id = $5, revision = revision + 1
    where game_id = $1 and environment = $2 and player_id = $3
   returning deposit_state`,
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

/** Nothing more is paid to a player who is erased, and the order that names them goes. */
const forgetFailed = statement(
  'grants-forget-failed-payouts',
  `update payout set ordered = null
    where game_id = $1 and environment = $2 and player_id = $3 and outcome = 'failed'`,
);

/** Winners of pools that are not paid yet are paid as the target; each share keeps its name (07 §5.4). */
const reassignWinners = statement(
  'grants-reassign-pool-winners',
  `update pool_winner set won_as = coalesce(won_as, player_id), player_id = $4, external_player_id = $5
    where game_id = $1 and environment = $2 and player_id = $3`,
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

  /** How many grants changed hands, and of how many of them a deposit is under way; they are locked from here on. */
  async merge(
    tx: Tx,
    { gameId, environment }: Scope,
    from: PlayerRef,
    to: PlayerRef,
  ): Promise<{ reassigned: number; depositing: number }> {
    const place = [gameId, environment, from.playerId];
    await tx.query(copyMarkers, [...place, to.playerId]);
    const values = [...place, to.playerId, to.externalPlayerId];
    await tx.query(reassignFailed, values);
    await tx.query(reassignWinners, values);
    const rows = await tx.query<{ deposit_state: DepositState }>(reassignGrants, values);
    return { reassigned: rows.length, depositing: rows.filter((row) => row.deposit_state === 'requested').length };
  }

  /** How many of the player's grants are expired now. */
  async erase({ gameId, environment }: Scope, playerId: string, anonymizedExternalId: string): Promise<number> {
    const place = [gameId, environment, playerId];
    await this.database.query(forgetFailed, place);
    const values = [...place, anonymizedExternalId];
    const rows = await this.database.query<{ expired: boolean }>(eraseGrants, values);
    return rows.filter(({ expired }) => expired).length;
  }
}

import { Injectable } from '@nestjs/common';
import type { Scope } from '@kraty/contracts/common';
import { Database, statement, type Tx } from '@kraty/platform/persistence';
import { grantColumns } from '../grants/grant-columns.js';
import type { GrantRow } from '../grants/grant.js';

const readPayoutsMade = statement(
  'grants-read-made-payouts',
  `select payout.payout_key, made.*
     from payout
     left join lateral (
       select ${grantColumns}, ordinal
         from player_grant
        where player_grant.game_id = payout.game_id and player_grant.environment = payout.environment
          and player_grant.payout_key = payout.payout_key) as made on true
    where payout.game_id = $1 and payout.environment = $2 and payout.payout_key = any($3)
    order by payout.payout_key, made.ordinal`,
);

const readGrantsOfPayouts = statement(
  'grants-read-grants-of-payouts',
  `select payout_key, ${grantColumns}
     from player_grant
    where game_id = $1 and environment = $2 and payout_key = any($3)
    order by payout_key, ordinal`,
);

export type PaidGrant = GrantRow & { payout_key: string };
/** A payout that gave nothing. */
type Unpaid = { payout_key: string; id: null };

@Injectable()
export class PayoutReadsStore {
  constructor(private readonly database: Database) {}

  /** Of the payouts that are made: each with its grants in the order of their batch, or with none. */
  async made(scope: Scope, payoutKeys: readonly string[]): Promise<Map<string, GrantRow[]>> {
    const values = [scope.gameId, scope.environment, payoutKeys];
    const rows = await this.database.query<PaidGrant | Unpaid>(readPayoutsMade, values);
    const made = new Map<string, GrantRow[]>();
    for (const { payout_key: key, ...grant } of rows) {
      const grants = made.get(key) ?? [];
      made.set(key, grant.id === null ? grants : [...grants, grant]);
    }
    return made;
  }

  /** Each payout's grants in the order of their batch. */
  async grantsIn(tx: Tx, scope: Scope, payoutKeys: readonly string[]): Promise<PaidGrant[]> {
    if (payoutKeys.length === 0) return [];
    return tx.query<PaidGrant>(readGrantsOfPayouts, [scope.gameId, scope.environment, payoutKeys]);
  }
}

import { Injectable } from '@nestjs/common';
import type { Scope } from '@kraty/contracts/common';
import { Database, statement, type Tx } from '@kraty/platform/persistence';
import { grantColumns } from '../grants/grant-columns.js';
import type { GrantRow } from '../grants/grant.js';

const readMadeKeys = statement(
  'grants-read-made-payouts',
  `select payout_key from payout where game_id = $1 and environment = $2 and payout_key = any($3)`,
);

const readGrantsOfPayouts = statement(
  'grants-read-grants-of-payouts',
  `select payout_key, ${grantColumns}
     from player_grant
    where game_id = $1 and environment = $2 and payout_key = any($3)
    order by payout_key, ordinal`,
);

export type PaidGrant = GrantRow & { payout_key: string };

@Injectable()
export class PayoutReadsStore {
  constructor(private readonly database: Database) {}

  /** Those of the payouts that are made, whether they gave something or not. */
  async madeKeys(scope: Scope, payoutKeys: readonly string[]): Promise<string[]> {
    if (payoutKeys.length === 0) return [];
    const values = [scope.gameId, scope.environment, payoutKeys];
    const rows = await this.database.query<{ payout_key: string }>(readMadeKeys, values);
    return rows.map(({ payout_key: key }) => key);
  }

  /** Each payout's grants in the order of their batch. */
  async grants(scope: Scope, payoutKeys: readonly string[]): Promise<PaidGrant[]> {
    return this.grantsIn(this.database, scope, payoutKeys);
  }

  async grantsIn(tx: Tx, scope: Scope, payoutKeys: readonly string[]): Promise<PaidGrant[]> {
    if (payoutKeys.length === 0) return [];
    return tx.query<PaidGrant>(readGrantsOfPayouts, [scope.gameId, scope.environment, payoutKeys]);
  }
}

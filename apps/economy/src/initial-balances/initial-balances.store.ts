import { Injectable } from '@nestjs/common';
import type { Scope } from '@kraty/contracts/common';
import { Database, statement } from '@kraty/platform/persistence';

const paidKeys = statement(
  'economy-initial-balances-paid',
  `select resource_key
     from holding
    where game_id = $1 and environment = $2 and player_id = $3 and resource_type = 'economy'
      and resource_key = any($4) and initial_paid`,
);

@Injectable()
export class InitialBalancesStore {
  constructor(private readonly database: Database) {}

  /** Those of `keys` for which the player has had the initial balance. */
  async paid(scope: Scope, playerId: string, keys: readonly string[]): Promise<Set<string>> {
    const values = [scope.gameId, scope.environment, playerId, keys];
    const rows = await this.database.query<{ resource_key: string }>(paidKeys, values);
    return new Set(rows.map((row) => row.resource_key));
  }
}

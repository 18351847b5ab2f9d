import { Injectable } from '@nestjs/common';
import type { Json, Scope } from '@kraty/contracts/common';
import type { ItemHolding, WalletHolding } from '@kraty/contracts/economy';
import { Database, statement } from '@kraty/platform/persistence';

/** A zero row of an item stays inside: only what is held is shown (08 §3). */
const listItems = statement(
  'economy-list-items',
  `select resource_key, amount, metadata, created_at, updated_at
     from holding
    where game_id = $1 and environment = $2 and player_id = $3 and resource_type = 'item' and amount > 0
    order by resource_key collate "C"`,
);

const listEconomy = statement(
  'economy-list-wallet',
  `select resource_key, amount, metadata, created_at, updated_at
     from holding
    where game_id = $1 and environment = $2 and player_id = $3 and resource_type = 'economy'
    order by resource_key collate "C"`,
);

const selectBalances = statement(
  'economy-balances',
  `select player_id, resource_key, amount
     from holding
    where game_id = $1 and environment = $2 and player_id = any($3::uuid[]) and resource_type = 'economy'
      and resource_key = any($4::text[])`,
);

interface BalanceRow {
  player_id: string;
  resource_key: string;
  amount: number;
}

interface HoldingRow {
  resource_key: string;
  amount: number;
  metadata: Json;
  created_at: Date;
  updated_at: Date;
}

@Injectable()
export class HoldingsStore {
  constructor(private readonly database: Database) {}

  async items(scope: Scope, playerId: string): Promise<ItemHolding[]> {
    const rows = await this.database.query<HoldingRow>(listItems, [scope.gameId, scope.environment, playerId]);
    return rows.map((row) => ({ itemKey: row.resource_key, quantity: row.amount, ...commonOf(row) }));
  }

  async wallet(scope: Scope, playerId: string): Promise<WalletHolding[]> {
    const rows = await this.database.query<HoldingRow>(listEconomy, [scope.gameId, scope.environment, playerId]);
    return rows.map((row) => ({ economyKey: row.resource_key, balance: row.amount, ...commonOf(row) }));
  }

  /** Balances of several players at once; what was never touched is absent. */
  async balances(scope: Scope, playerIds: string[], keys: string[]): Promise<Record<string, Record<string, number>>> {
    const values = [scope.gameId, scope.environment, playerIds, keys];
    const balances: Record<string, Record<string, number>> = {};
    for (const row of await this.database.query<BalanceRow>(selectBalances, values)) {
      (balances[row.player_id] ??= {})[row.resource_key] = row.amount;
    }
    return balances;
  }
}

function commonOf({ metadata, created_at, updated_at }: HoldingRow) {
  return { metadata, createdAt: created_at.toISOString(), updatedAt: updated_at.toISOString() };
}

import { Injectable } from '@nestjs/common';
import type { Json, Scope } from '@kraty/contracts/common';
import type { ItemHolding, ResourceType, WalletHolding } from '@kraty/contracts/economy';
import { Database, statement } from '@kraty/platform/persistence';
import { resourceId, type ResourceName } from '../ledger/ledger.js';

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

const selectAmounts = statement(
  'economy-amounts',
  `select resource_type, resource_key, amount, initial_paid
     from holding
    where game_id = $1 and environment = $2 and player_id = $3
      and (resource_type, resource_key) in (select * from unnest($4::text[], $5::text[]))`,
);

const selectRevisions = statement(
  'economy-holding-revisions',
  `select resource_type, resource_key, revision
     from holding
    where game_id = $1 and environment = $2 and player_id = $3`,
);

interface AmountRow {
  resource_type: ResourceType;
  resource_key: string;
  amount: number;
  initial_paid: boolean;
}

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

  /** By `type:key`. */
  async revisions(scope: Scope, playerId: string): Promise<Record<string, number>> {
    const values = [scope.gameId, scope.environment, playerId];
    const rows = await this.database.query<{ resource_type: ResourceType; resource_key: string; revision: number }>(
      selectRevisions,
      values,
    );
    const named = rows.map(({ resource_type: type, resource_key: key, revision }) => [
      resourceId({ type, key }),
      revision,
    ]);
    return Object.fromEntries(named) as Record<string, number>;
  }

  /** By resource; what was never touched is absent. */
  async amounts(
    scope: Scope,
    playerId: string,
    resources: readonly ResourceName[],
  ): Promise<Map<string, { amount: number; initialPaid: boolean }>> {
    const types = resources.map(({ type }) => type);
    const keys = resources.map(({ key }) => key);
    const values = [scope.gameId, scope.environment, playerId, types, keys];
    const rows = await this.database.query<AmountRow>(selectAmounts, values);
    return new Map(
      rows.map(({ resource_type: type, resource_key: key, amount, initial_paid: initialPaid }) => [
        resourceId({ type, key }),
        { amount, initialPaid },
      ]),
    );
  }
}

function commonOf({ metadata, created_at, updated_at }: HoldingRow) {
  return { metadata, createdAt: created_at.toISOString(), updatedAt: updated_at.toISOString() };
}

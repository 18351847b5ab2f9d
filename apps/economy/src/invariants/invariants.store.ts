import { Injectable } from '@nestjs/common';
import { limits, type Environment, type Scope } from '@kraty/contracts/common';
import type { ResourceType, Violation } from '@kraty/contracts/economy';
import { Database, statement } from '@kraty/platform/persistence';

/** Checks read much, and nobody waits for them. Milliseconds. */
const statementTimeoutMs = 10 * 60_000;

/** The last 16 bits of a player's id are random, so that a hundredth of them is a hundredth of the players. */
const selectPlayers = statement(
  'economy-check-players',
  `select distinct game_id, environment, player_id
     from holding
    where (game_id, environment, player_id) > ($1::uuid, $2::text, $3::uuid)
      and ($4::int is null or ('x' || right(player_id::text, 4))::bit(16)::int % 100 = $4)
    order by game_id, environment, player_id
    limit $5`,
);

/** Ledger and holdings of one instant. */
const compareSums = statement(
  'economy-check-sums',
  `with player as (
     select * from unnest($1::uuid[], $2::text[], $3::uuid[]) as player(game_id, environment, player_id)
   ), summed as (
     select game_id, environment, player_id, resource_type, resource_key, sum(delta) as total,
            min(balance_after) as lowest
       from ledger join player using (game_id, environment, player_id)
      group by game_id, environment, player_id, resource_type, resource_key
   ), held as (
     select game_id, environment, player_id, resource_type, resource_key, amount
       from holding join player using (game_id, environment, player_id)
   )
   select game_id, environment, player_id, resource_type, resource_key, coalesce(total, 0)::text as expected,
          coalesce(amount, 0)::text as found,
          case when coalesce(amount, 0) <> coalesce(total, 0) then 'holding_is_sum_of_ledger'
               else 'holding_within_bounds' end as broken
     from summed full join held using (game_id, environment, player_id, resource_type, resource_key)
    where coalesce(amount, 0) <> coalesce(total, 0) or amount < 0 or amount > $4 or lowest < 0`,
);

const selectRepeated = statement(
  'economy-check-repeated-rows',
  `select game_id, environment, operation_id, resource_type, resource_key, count(*)::int as rows
     from ledger
     join unnest($1::uuid[], $2::text[], $3::uuid[]) as player(game_id, environment, player_id)
       using (game_id, environment, player_id)
    group by game_id, environment, operation_id, resource_type, resource_key
   having count(*) > 1`,
);

/**
 * A holding's rows are numbered in the order of their commits, so the newest one is known, and a missing one as well.
 * Rows from before a merge are left out: their balances were each player's own.
 */
const compareNewest = statement(
  'economy-check-newest-rows',
  `select game_id, environment, player_id, resource_type, resource_key, balance_after::text, amount::text, rows::text,
          (held.revision - chained_from)::text as due
     from holding as held
     join unnest($1::uuid[], $2::text[], $3::uuid[]) as player(game_id, environment, player_id)
       using (game_id, environment, player_id)
     left join lateral (
       select balance_after
         from ledger
        where ledger.game_id = held.game_id and ledger.environment = held.environment
          and ledger.player_id = held.player_id and ledger.resource_type = held.resource_type
          and ledger.resource_key = held.resource_key and ledger.revision > held.chained_from
        order by revision desc
        limit 1) as last on true
     left join lateral (
       select count(*) as rows
         from ledger
        where ledger.game_id = held.game_id and ledger.environment = held.environment
          and ledger.player_id = held.player_id and ledger.resource_type = held.resource_type
          and ledger.resource_key = held.resource_key and ledger.revision > held.chained_from
          and ledger.revision <= held.revision) as counted on true
    where balance_after <> amount or rows <> held.revision - chained_from`,
);

const compareTotals = `
   with summed as (
     select game_id, environment, resource_type, resource_key, sum(delta) as total
       from ledger group by game_id, environment, resource_type, resource_key
   ), held as (
     select game_id, environment, resource_type, resource_key, sum(amount) as total
       from holding group by game_id, environment, resource_type, resource_key
   )
   select game_id, environment, resource_type, resource_key, coalesce(summed.total, 0)::text as expected,
          coalesce(held.total, 0)::text as found, count(*) over ()::int as resources,
          coalesce(summed.total, 0) <> coalesce(held.total, 0) as broken
     from summed full join held using (game_id, environment, resource_type, resource_key)
    order by broken desc
    limit $1`;

const sumOperations = statement(
  'economy-check-operations',
  `select operation_id, resource_type, resource_key, sum(delta)::text as delta
     from ledger
    where game_id = $1 and environment = $2 and operation_id = any($3) and reason <> 'derived'
    group by operation_id, resource_type, resource_key`,
);

const selectDeposits = statement(
  'economy-check-deposits',
  `select ledger_id, game_id, environment, studio_id, substr(operation_id, 7) as grant_id
     from ledger
    where ledger_id > $1 and operation_id like 'grant:%' and reason = 'grant_deposit'
    order by ledger_id
    limit $2`,
);

export interface CheckedPlayer {
  gameId: string;
  environment: string;
  playerId: string;
}

interface ComparedRow {
  game_id: string;
  environment: string;
  player_id: string;
  resource_type: ResourceType;
  resource_key: string;
  expected: string;
  found: string;
  broken: string;
}

interface NewestRow {
  game_id: string;
  environment: string;
  player_id: string;
  resource_type: ResourceType;
  resource_key: string;
  /** Of the chain: how many there are, and how many there must be. */
  rows: string;
  due: string;
  /** Of the newest row; null when the chain has none. */
  balance_after: string | null;
  amount: string;
}

/** Reads that look for what cannot be (08 §12); they write nothing. */
@Injectable()
export class InvariantsStore {
  constructor(private readonly database: Database) {}

  async players(after: CheckedPlayer, percentile: number | null, rowsMax: number): Promise<CheckedPlayer[]> {
    const { gameId, environment, playerId } = after;
    const rows = await this.database.query<{ game_id: string; environment: string; player_id: string }>(selectPlayers, [
      ...[gameId, environment, playerId, percentile, rowsMax],
    ]);
    return rows.map((row) => ({ gameId: row.game_id, environment: row.environment, playerId: row.player_id }));
  }

  async sums(players: readonly CheckedPlayer[]): Promise<Violation[]> {
    const rows = await this.patiently<ComparedRow>(compareSums, [...columnsOf(players), limits.amountMax]);
    return rows.map(({ broken: check, game_id: gameId, environment, expected, found, ...row }) => {
      const subject = `player ${row.player_id}, ${row.resource_type} ${row.resource_key}`;
      return { check, gameId, environment, subject, expected, found };
    });
  }

  /** Holdings that are not what their newest row says, or whose rows have a gap. */
  async newest(players: readonly CheckedPlayer[]): Promise<Violation[]> {
    const rows = await this.patiently<NewestRow>(compareNewest, columnsOf(players));
    return rows.flatMap(
      ({ game_id: gameId, environment, balance_after: balanceAfter, amount, rows: count, ...row }) => {
        const subject = `player ${row.player_id}, ${row.resource_type} ${row.resource_key}`;
        const where = { gameId, environment, subject };
        const isWhole = count === row.due;
        return [
          ...(balanceAfter === null || balanceAfter === amount
            ? []
            : [{ check: 'newest_balance_is_holding', ...where, expected: balanceAfter, found: amount }]),
          ...(isWhole ? [] : [{ check: 'ledger_rows_without_gap', ...where, expected: row.due, found: count }]),
        ];
      },
    );
  }

  async repeated(players: readonly CheckedPlayer[]): Promise<Violation[]> {
    const rows = await this.patiently<ComparedRow & { operation_id: string; rows: number }>(
      selectRepeated,
      columnsOf(players),
    );
    return rows.map(({ game_id: gameId, environment, ...row }) => ({
      ...{ check: 'one_row_an_operation_and_resource', gameId, environment },
      subject: `operation ${row.operation_id}, ${row.resource_type} ${row.resource_key}`,
      ...{ expected: '1', found: String(row.rows) },
    }));
  }

  /** How many resources there are, and those whose sums differ. */
  async totals(rowsMax: number): Promise<{ resources: number; violations: Violation[] }> {
    const rows = await this.patiently<Omit<ComparedRow, 'broken'> & { resources: number; broken: boolean }>(
      compareTotals,
      [rowsMax],
    );
    const violations = rows
      .filter(({ broken }) => broken)
      .map(({ game_id: gameId, environment, expected, found, ...row }) => ({
        ...{ check: 'minted_minus_burned_is_held', gameId, environment, expected, found },
        subject: `${row.resource_type} ${row.resource_key}`,
      }));
    return { resources: rows[0]?.resources ?? 0, violations };
  }

  async operations(scope: Scope, operationIds: readonly string[]) {
    const rows = await this.database.query<{
      operation_id: string;
      resource_type: ResourceType;
      resource_key: string;
      delta: string;
    }>(sumOperations, [scope.gameId, scope.environment, operationIds]);
    return rows.map((row) => ({
      operationId: row.operation_id,
      ...{ type: row.resource_type, key: row.resource_key, delta: Number(row.delta) },
    }));
  }

  async deposits(afterLedgerId: string, rowsMax: number) {
    const rows = await this.database.query<{
      ledger_id: string;
      game_id: string;
      environment: Environment;
      studio_id: string;
      grant_id: string;
    }>(selectDeposits, [afterLedgerId, rowsMax]);
    return rows.map(
      ({ ledger_id: ledgerId, game_id: gameId, environment, studio_id: studioId, grant_id: grantId }) => ({
        ledgerId,
        scope: { studioId, gameId, environment },
        grantId,
      }),
    );
  }

  private patiently<R>(query: Parameters<Database['query']>[0], values: readonly unknown[]): Promise<R[]> {
    return this.database.transaction((tx) => tx.query<R>(query, values), { statementTimeoutMs });
  }
}

function columnsOf(players: readonly CheckedPlayer[]): unknown[][] {
  return [
    players.map(({ gameId }) => gameId),
    players.map(({ environment }) => environment),
    players.map(({ playerId }) => playerId),
  ];
}

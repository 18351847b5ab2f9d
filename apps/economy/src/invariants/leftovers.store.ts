import { Injectable } from '@nestjs/common';
import type { ResourceType, Violation } from '@kraty/contracts/economy';
import { Database, statement, type Statement } from '@kraty/platform/persistence';

/** All of the ledger is read, and nobody waits for it. Milliseconds. */
const statementTimeoutMs = 10 * 60_000;

/** Of players who hold nothing at all: whoever looks at players by their holdings does not meet them. */
const selectUnheld = statement(
  'economy-check-unheld-rows',
  `select game_id, environment, player_id, resource_type, resource_key, sum(delta)::text as amount
     from ledger
    where not exists (select from holding
                       where holding.game_id = ledger.game_id and holding.environment = ledger.environment
                         and holding.player_id = ledger.player_id)
    group by game_id, environment, player_id, resource_type, resource_key
    order by game_id, environment, player_id, resource_type, resource_key
    limit $1`,
);

const selectLeftBehind = statement(
  'economy-check-left-behind',
  `select game_id, environment, player_id, resource_type, resource_key, amount::text
     from holding
    where exists (select from holdings_merge as taken
                   where taken.game_id = holding.game_id and taken.environment = holding.environment
                     and taken.from_player = holding.player_id)
    order by game_id, environment, player_id, resource_type, resource_key
    limit $1`,
);

interface LeftoverRow {
  game_id: string;
  environment: string;
  player_id: string;
  resource_type: ResourceType;
  resource_key: string;
  amount: string;
}

/** Rows that belong to nobody, or to nobody any more (08 §§10, 12). */
@Injectable()
export class LeftoversStore {
  constructor(private readonly database: Database) {}

  /** Ledger rows of players without holdings, summed by resource. */
  async unheld(rowsMax: number): Promise<Violation[]> {
    const rows = await this.patiently(selectUnheld, rowsMax);
    return rows.map((row) => violationOf('ledger_rows_have_a_holding', row, { expected: row.amount, found: 'none' }));
  }

  /** Holdings of players who were merged away. */
  async leftBehind(rowsMax: number): Promise<Violation[]> {
    const check = 'nothing_is_left_with_a_merged_player';
    const rows = await this.patiently(selectLeftBehind, rowsMax);
    return rows.map((row) => violationOf(check, row, { expected: 'nothing', found: row.amount }));
  }

  private patiently(query: Statement, rowsMax: number): Promise<LeftoverRow[]> {
    return this.database.transaction((tx) => tx.query<LeftoverRow>(query, [rowsMax]), { statementTimeoutMs });
  }
}

function violationOf(
  check: string,
  { game_id: gameId, environment, ...row }: LeftoverRow,
  values: Pick<Violation, 'expected' | 'found'>,
): Violation {
  const subject = `player ${row.player_id}, ${row.resource_type} ${row.resource_key}`;
  return { check, gameId, environment, subject, ...values };
}

import { Injectable } from '@nestjs/common';
import type { Environment } from '@kraty/contracts/common';
import type { Violation } from '@kraty/contracts/economy';
import type { Grant } from '@kraty/contracts/grants';
import { Database, statement } from '@kraty/platform/persistence';
import type { DepositedGrant } from './deposits.js';

/** The last 16 bits of an id are random, so that a hundredth of them is a hundredth of the grants. */
const selectDeposited = statement(
  'grants-check-deposited',
  `select id, studio_id, game_id, environment, contents
     from player_grant
    where id > $1 and status = 'claimed' and deposit_state = 'done'
      and ($2::int is null or ('x' || right(id::text, 4))::bit(16)::int % 100 = $2)
    order by id
    limit $3`,
);

/** A grant whose deposit is under way has its rows before it is claimed. */
const selectUnclaimed = statement(
  'grants-check-unclaimed',
  `select wanted.id::text as id, coalesce(player_grant.status, 'unknown') as status
     from unnest($1::uuid[]) as wanted(id)
     left join player_grant on player_grant.id = wanted.id
    where player_grant.id is null or player_grant.deposit_state not in ('requested', 'done')`,
);

/** What the grants of a pool hold in its currency, against the pool. */
const selectPools = statement(
  'grants-check-pools',
  `with page as (
     select game_id, environment, subject, currency_key, pool
       from pool_settlement
      where (game_id::text || ' ' || environment || ' ' || subject) collate "C" > $1
      order by (game_id::text || ' ' || environment || ' ' || subject) collate "C"
      limit $2
   )
   select page.game_id, page.environment, page.subject, page.pool, coalesce(sum(paid.amount), 0)::text as paid
     from page
     left join lateral (
       select (entry ->> 'amount')::bigint as amount
         from pool_winner as winner
         join player_grant as given
           on given.game_id = winner.game_id and given.environment = winner.environment
          and given.payout_key = 'pool:' || split_part(winner.subject, ':', 2) || ':'
                              || coalesce(winner.won_as, winner.player_id)
         cross join lateral jsonb_array_elements(given.contents -> 'entries') as entry
        where winner.game_id = page.game_id and winner.environment = page.environment and winner.subject = page.subject
          and entry ->> 'currencyKey' = page.currency_key
     ) as paid on true
    group by page.game_id, page.environment, page.subject, page.pool
    order by (page.game_id::text || ' ' || page.environment || ' ' || page.subject) collate "C"`,
);

const selectLeftBehind = statement(
  'grants-check-left-behind',
  `select given.id, given.game_id, given.environment, given.player_id, given.status
     from player_merge as taken
     join player_grant as given
       on given.game_id = taken.game_id and given.environment = taken.environment
      and given.player_id = taken.from_player
    order by given.id
    limit $1`,
);

/** Reads that look for what cannot be (07, 08 §12); they write nothing. */
@Injectable()
export class InvariantsStore {
  constructor(private readonly database: Database) {}

  async deposited(afterId: string, percentile: number | null, rowsMax: number): Promise<DepositedGrant[]> {
    const rows = await this.database.query<{
      id: string;
      studio_id: string;
      game_id: string;
      environment: Environment;
      contents: Grant['contents'];
    }>(selectDeposited, [afterId, percentile, rowsMax]);
    return rows.map(({ studio_id: studioId, game_id: gameId, ...row }) => ({ ...row, studioId, gameId }));
  }

  /** Of these grants those that are neither claimed nor being claimed, with what they are. */
  async unclaimed(grantIds: readonly string[]): Promise<Map<string, string>> {
    const rows = await this.database.query<{ id: string; status: string }>(selectUnclaimed, [grantIds]);
    return new Map(rows.map(({ id, status }) => [id, status]));
  }

  /** Grants of players who were merged away: nobody can claim them any more. */
  async leftBehind(rowsMax: number): Promise<Violation[]> {
    const rows = await this.database.query<{
      id: string;
      game_id: string;
      environment: string;
      player_id: string;
      status: string;
    }>(selectLeftBehind, [rowsMax]);
    return rows.map(({ id, game_id: gameId, environment, player_id: playerId, status }) => ({
      ...{ check: 'nothing_is_left_with_a_merged_player', gameId, environment },
      ...{ subject: `grant ${id} of player ${playerId}`, expected: 'nothing', found: status },
    }));
  }

  async pools(after: string, rowsMax: number): Promise<{ cursors: string[]; violations: Violation[] }> {
    const rows = await this.database.query<{
      game_id: string;
      environment: string;
      subject: string;
      pool: number;
      paid: string;
    }>(selectPools, [after, rowsMax]);
    const violations = rows
      .filter(({ pool, paid }) => Number(paid) > pool)
      .map(({ game_id: gameId, environment, subject, pool, paid }) => ({
        ...{ check: 'pool_pays_no_more_than_it_holds', gameId, environment, subject },
        ...{ expected: `at most ${pool}`, found: paid },
      }));
    return { cursors: rows.map((row) => `${row.game_id} ${row.environment} ${row.subject}`), violations };
  }
}

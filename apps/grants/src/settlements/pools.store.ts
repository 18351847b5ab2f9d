import { Injectable } from '@nestjs/common';
import { Database, statement, type Tx } from '@kraty/platform/persistence';
import type { PaidWinner, PoolShare, Winner } from './pool.js';
import type { DueSettlement } from './settlements.store.js';

const findPool = statement(
  'grants-find-pool',
  `select currency_key as "currencyKey", pool, winners, share, unpaid
     from pool_settlement
    where game_id = $1 and environment = $2 and subject = $3`,
);

/** The primary key decides which of two workers divides the pool. */
const insertPool = statement(
  'grants-insert-pool',
  `insert into pool_settlement (game_id, environment, subject, studio_id, event_window_id, leaderboard_id, currency_key,
                                pool, winners, share, unpaid, created_at)
   values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
   on conflict do nothing
   returning subject`,
);

const insertWinners = statement(
  'grants-insert-pool-winners',
  `insert into pool_winner (game_id, environment, subject, ordinal, player_id, external_player_id)
   select $1, $2, $3, ordinal, player_id, external_player_id
     from unnest($4::int[], $5::uuid[], $6::text[]) as won(ordinal, player_id, external_player_id)`,
);

const readWinners = statement(
  'grants-read-pool-winners',
  `select player_id as "playerId", external_player_id as "externalPlayerId", coalesce(won_as, player_id) as "wonAs"
     from pool_winner
    where game_id = $1 and environment = $2 and subject = $3 and ordinal > $4
    order by ordinal
    limit $5`,
);

/** Winners of one statement. */
const rowsMax = 5_000;

export interface StoredPool extends PoolShare {
  currencyKey: string;
  pool: number;
  winners: number;
}

/** Pools as they were divided, once for ever (07 §5.4). */
@Injectable()
export class PoolsStore {
  constructor(private readonly database: Database) {}

  async find(due: DueSettlement): Promise<StoredPool | null> {
    const [row] = await this.database.query<StoredPool>(findPool, nameOf(due));
    return row ?? null;
  }

  /** False when another worker was first. */
  async insert(
    tx: Tx,
    due: DueSettlement,
    divided: StoredPool,
    winners: readonly Winner[],
    now: Date,
  ): Promise<boolean> {
    const { currencyKey, pool, winners: count, share, unpaid } = divided;
    const place = [due.studio_id, due.event_window_id, due.leaderboard_id];
    const values = [...nameOf(due), ...place, currencyKey, pool, count, share, unpaid, now];
    if ((await tx.query(insertPool, values)).length === 0) return false;
    for (let start = 0; start < winners.length; start += rowsMax) {
      const some = winners.slice(start, start + rowsMax);
      await tx.query(insertWinners, [
        ...nameOf(due),
        some.map((_, place) => start + place + 1),
        some.map(({ playerId }) => playerId),
        some.map(({ externalPlayerId }) => externalPlayerId),
      ]);
    }
    return true;
  }

  /** Winners after the given ordinal, in their order. */
  async winners(due: DueSettlement, afterOrdinal: number, limit: number): Promise<PaidWinner[]> {
    return this.database.query<PaidWinner>(readWinners, [...nameOf(due), afterOrdinal, limit]);
  }
}

function nameOf({ game_id: gameId, environment, subject }: DueSettlement): string[] {
  return [gameId, environment, subject];
}

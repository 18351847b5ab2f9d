import { Injectable } from '@nestjs/common';
import { Database, statement, type Statement } from '@kraty/platform/persistence';

/** Whoever takes a list has put it off for the others; one that dies at it leaves it to them. */
const takeDue = statement(
  'clearing-take',
  `update board set clear_at = $2
    where leaderboard_id in (select leaderboard_id from board where clear_at <= $1
                              order by clear_at limit $3 for update skip locked)
   returning leaderboard_id as "leaderboardId", finalized_at as "frozenAt", definition_id is not null as "isPart"`,
);
const putOff = statement('clearing-put-off', 'update board set clear_at = $2 where leaderboard_id = $1');

const deleteTicks = deletion('clearing-ticks', 'counted_writes', 'leaderboard_id = $1');
const deleteContributions = deletion('clearing-contributions', 'contribution', 'leaderboard_id = $1');
/** All but the last that an attempt has put on the board: from there its next period counts (06 §5.1). */
const deletePast = deletion(
  'clearing-past-contributions',
  'contribution',
  `leaderboard_id = $1
     and (source_id = player_id
          or exists (select from contribution as later
                      where later.source_id = contribution.source_id and later.definition_id = contribution.definition_id
                        and later.period_start > contribution.period_start))`,
);

function deletion(name: string, table: 'contribution' | 'counted_writes', where: string): Statement {
  const text = `with gone as (
    delete from ${table} where ctid = any(array(select ctid from ${table} where ${where} limit $2)) returning true)
    select count(*)::int as rows from gone`;
  return statement(name, text);
}

/** A frozen list of which something may go. */
export interface DueList {
  leaderboardId: string;
  frozenAt: Date;
  /** Of a defined board. */
  isPart: boolean;
}

/** Rows that only writes need, of lists that take none. */
@Injectable()
export class ClearingStore {
  constructor(private readonly database: Database) {}

  take(due: Date, again: Date, listsMax: number): Promise<DueList[]> {
    return this.database.query<DueList>(takeDue, [due, again, listsMax]);
  }

  /** Null: nothing is left. */
  async putOff(leaderboardId: string, until: Date | null): Promise<void> {
    await this.database.query(putOff, [leaderboardId, until]);
  }

  /** How many went; fewer than `rowsMax` when none is left. */
  ticks(leaderboardId: string, rowsMax: number): Promise<number> {
    return this.delete(deleteTicks, leaderboardId, rowsMax);
  }

  contributions(leaderboardId: string, rowsMax: number): Promise<number> {
    return this.delete(deleteContributions, leaderboardId, rowsMax);
  }

  pastContributions(leaderboardId: string, rowsMax: number): Promise<number> {
    return this.delete(deletePast, leaderboardId, rowsMax);
  }

  private async delete(which: Statement, leaderboardId: string, rowsMax: number): Promise<number> {
    const [deleted] = await this.database.query<{ rows: number }>(which, [leaderboardId, rowsMax]);
    return deleted?.rows ?? 0;
  }
}

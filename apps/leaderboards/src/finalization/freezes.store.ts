import { Injectable } from '@nestjs/common';
import { Database, statement, type Tx } from '@kraty/platform/persistence';
import type { Standing } from '../scores/standing.js';
import type { BoardClosing, PendingFreeze } from './pending-freeze.js';

const addFreeze = statement(
  'freeze-add',
  `insert into board_freeze (leaderboard_id, event_id, event_window_id, reason, closed_at)
   select $1, $2, $3, $4, $5 where exists (select from board where leaderboard_id = $1 and finalized_at is null)
   on conflict do nothing`,
);
const selectPending = statement(
  'freezes-pending',
  `select leaderboard_id as id, closed_at as "closedAt" from board_freeze
    where $2::timestamptz is null or (closed_at, leaderboard_id) > ($2, $3::uuid)
    order by closed_at, leaderboard_id limit $1`,
);
const selectFreeze = statement(
  'freeze-find',
  `select leaderboard_id as "leaderboardId", event_id as "eventId", event_window_id as "eventWindowId", reason,
          to_char(closed_at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') as "closedAt",
          read_after as "readAfter", all_read as "allRead", standings_read as "standingsRead"
     from board_freeze where leaderboard_id = $1`,
);
const removeFreeze = statement('freeze-remove', 'delete from board_freeze where leaderboard_id = $1');

/** Freed by PostgreSQL itself when the connection of its holder ends, whatever it died of. */
const takeFreeze = statement(
  'freeze-take',
  `select pg_try_advisory_xact_lock(hashtext('kraty-freeze'), hashtext($1)) as taken`,
);
const stillHere = statement('freeze-still-here', 'select 1');

/**
 * Rows as they must stand, and how far this has come, in one; nothing when the count of standings is another one than it was
 * before they were asked for: an override has written a newer one since, or another holder has. The freeze is locked first,
 * so none can come in between. Rows that stand so already are only read: most do, and to lock each of a million would
 * write each of a million. Who is only placed keeps the row there is.
 */
const settleStandings = statement(
  'freeze-settle',
  `with standing as materialized (
     select * from unnest($2::uuid[], $3::float8[], $4::float8[], $5::boolean[])
       as standing (participant_id, score, achieved_at_ms, joined_only)
   ), moved as (
     update board_freeze
        set read_after = coalesce((select participant_id from standing order by participant_id desc limit 1), read_after),
            standings_read = standings_read + (select count(*) from standing), all_read = $6
      where leaderboard_id = $1 and standings_read = $7
     returning standings_read
   ), written as (
     insert into board_entry as entry (leaderboard_id, participant_id, kind, score, achieved_at, joined_only, revision)
     select $1, standing.participant_id, 'player', standing.score, to_timestamp(standing.achieved_at_ms / 1000),
            standing.joined_only, 1
       from standing
       left join board_entry as stands on stands.leaderboard_id = $1 and stands.participant_id = standing.participant_id
      where exists (select from moved)
        and (stands.participant_id is null
             or (not standing.joined_only and stands.removed_at is null
                 and (stands.score, stands.achieved_at, stands.joined_only) is distinct from
                     (standing.score, to_timestamp(standing.achieved_at_ms / 1000)::timestamptz(3), false)))
      order by standing.participant_id
     on conflict (leaderboard_id, participant_id) do update
        set score = excluded.score, achieved_at = excluded.achieved_at, joined_only = false, revision = entry.revision + 1
      where not excluded.joined_only and entry.removed_at is null
   )
   select standings_read as "standingsRead" from moved`,
);
/** A standing that an override has read counts as well. */
const outdateFreeze = statement(
  'freeze-outdate',
  'update board_freeze set standings_read = standings_read + 1 where leaderboard_id = $1',
);

/** A board that is to be frozen. */
export interface ClosedBoard {
  id: string;
  closedAt: Date;
}

/** Boards that are being frozen. */
@Injectable()
export class FreezesStore {
  constructor(private readonly database: Database) {}

  /** Repeatable; a board that is frozen already is left alone. */
  async add({ leaderboardId, eventId, eventWindowId, reason, closedAt }: BoardClosing): Promise<void> {
    await this.database.query(addFreeze, [leaderboardId, eventId, eventWindowId, reason, closedAt]);
  }

  /** Those that closed first come first; from behind the given one. */
  pending(boardsMax: number, after: ClosedBoard | null): Promise<ClosedBoard[]> {
    return this.database.query<ClosedBoard>(selectPending, [boardsMax, after?.closedAt ?? null, after?.id ?? null]);
  }

  async find(leaderboardId: string): Promise<PendingFreeze | null> {
    const [freeze] = await this.database.query<PendingFreeze>(selectFreeze, [leaderboardId]);
    return freeze ?? null;
  }

  /** True for one holder at a time, until its transaction ends. */
  async take(tx: Tx, leaderboardId: string): Promise<boolean> {
    const [row] = await tx.query<{ taken: boolean }>(takeFreeze, [leaderboardId]);
    return row?.taken ?? false;
  }

  /** The transaction that holds a freeze has nothing else to say for long. */
  async stillHere(tx: Tx): Promise<void> {
    await tx.query(stillHere);
  }

  /**
   * Brings rows to what they must be, a page in the order of players. `standingsRead` is the count of the freeze from before
   * they were asked for.
   *
   * @returns the count from now on; null when it was another one: nothing is written then
   */
  async settle(
    leaderboardId: string,
    standings: readonly Standing[],
    { standingsRead, allRead }: Pick<PendingFreeze, 'standingsRead' | 'allRead'>,
  ): Promise<number | null> {
    const [moved] = await this.database.query<{ standingsRead: number }>(settleStandings, [
      leaderboardId,
      standings.map((standing) => standing.participantId),
      standings.map((standing) => standing.score),
      standings.map((standing) => standing.achievedAtMs),
      standings.map((standing) => standing.joinedOnly),
      allRead,
      standingsRead,
    ]);
    return moved?.standingsRead ?? null;
  }

  /**
   * An override is about to write: what a freeze has asked for until now it does not write any more. Comes after the board's
   * lock and before those of rows.
   */
  async outdate(tx: Tx, leaderboardId: string): Promise<void> {
    await tx.query(outdateFreeze, [leaderboardId]);
  }

  async remove(tx: Tx, leaderboardId: string): Promise<void> {
    await tx.query(removeFreeze, [leaderboardId]);
  }
}

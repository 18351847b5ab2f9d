import { Injectable } from '@nestjs/common';
import type { Environment, Scope } from '@kraty/contracts/common';
import { run, statement, type Tx } from '@kraty/platform/persistence';
import type { Group } from './groups.js';

/** Groups of one cohort in one window. */
export interface Cohort {
  eventWindowId: string;
  environment: Environment;
  shard: string;
}

/** An open window whose row is held: it does not begin to close before the transaction ends. */
export interface HeldWindow {
  startsAt: Date;
  endsAt: Date;
  revision: number;
}

/** Nobody waits 5 s for the row of a group (05 §6.1): the caller, who does, must still hear why. Milliseconds. */
const groupWaitMsMax = 4_000;

const LIMIT_WAIT = statement('seats_limit_wait', `select set_config('lock_timeout', '${groupWaitMsMax}ms', true)`);

const HOLD_WINDOW = statement(
  'seats_hold_window',
  `select starts_at as "startsAt", ends_at as "endsAt", revision from event_window
    where id = $1 and state = 'open' and ends_at > $2 for share`,
);

// Whoever seats players of a cohort is alone with it until it has committed: a group that another process opens
// meanwhile must be seen, or it would stay half empty beside a newer one.
const LOCK_COHORT = statement(
  'seats_lock_cohort',
  `select pg_advisory_xact_lock(hashtextextended($1::text || $2::text || $3::text, 1))`,
);

const LOCK_GROUPS = statement(
  'seats_lock_groups',
  `select leaderboard_id as "leaderboardId", ordinal, capacity - humans as free from event_board
    where event_window_id = $1 and environment = $2 and shard = $3 and humans < capacity
    order by ordinal limit $4 for update`,
);

const LAST_ORDINAL = statement(
  'seats_last_ordinal',
  `select coalesce(max(ordinal), -1)::int as last from event_board
    where event_window_id = $1 and environment = $2 and shard = $3`,
);

const TAKEN = statement(
  'seats_taken',
  `select player_id as "playerId", leaderboard_id as "leaderboardId" from event_seat
    where event_window_id = $1 and environment = $2 and player_id = any($3)`,
);

const TAKE = statement(
  'seats_take',
  `with seated as (
     insert into event_seat (event_window_id, player_id, studio_id, game_id, environment, leaderboard_id, taken_at)
     select $1, v.player_id, $2, $3, $4, v.leaderboard_id, $5
       from unnest($6::uuid[], $7::uuid[]) as v(player_id, leaderboard_id)
     on conflict do nothing
     returning player_id
   ), counted as (
     update event_board b set humans = b.humans + v.humans
       from unnest($8::uuid[], $9::int[]) as v(leaderboard_id, humans)
      where b.leaderboard_id = v.leaderboard_id
   )
   select count(*)::int as seated from seated`,
);

/** Seats in groups. */
@Injectable()
export class SeatsStore {
  async limitWait(tx: Tx): Promise<void> {
    await run(tx, LIMIT_WAIT);
  }

  /** Null when the window is not open any more. */
  async holdWindow(tx: Tx, eventWindowId: string, now: Date): Promise<HeldWindow | null> {
    const [window] = await tx.query<HeldWindow>(HOLD_WINDOW, [eventWindowId, now]);
    return window ?? null;
  }

  /** What others seated in the cohort is seen by whoever reads after this; it is not waited for by itself. */
  async lockCohort(tx: Tx, { eventWindowId, environment, shard }: Cohort): Promise<void> {
    await run(tx, LOCK_COHORT, [eventWindowId, environment, shard]);
  }

  /** Those with room, oldest first, locked. */
  lockGroups(tx: Tx, { eventWindowId, environment, shard }: Cohort, limit: number): Promise<Group[]> {
    return tx.query<Group>(LOCK_GROUPS, [eventWindowId, environment, shard, limit]);
  }

  /** -1 while the cohort has no group. */
  async lastOrdinal(tx: Tx, { eventWindowId, environment, shard }: Cohort): Promise<number> {
    const [row] = await tx.query<{ last: number }>(LAST_ORDINAL, [eventWindowId, environment, shard]);
    return row?.last ?? -1;
  }

  /** Boards of the players who have a seat in the window. */
  async taken(
    tx: Tx,
    { eventWindowId, environment }: Cohort,
    playerIds: readonly string[],
  ): Promise<Map<string, string>> {
    const rows = await tx.query<{ playerId: string; leaderboardId: string }>(TAKEN, [
      eventWindowId,
      environment,
      playerIds,
    ]);
    return new Map(rows.map((row) => [row.playerId, row.leaderboardId]));
  }

  /** Returns how many players were seated: fewer than asked when one of them got a seat elsewhere meanwhile. */
  async take(
    tx: Tx,
    of: { scope: Scope; eventWindowId: string; now: Date },
    { seats, taken }: { seats: ReadonlyMap<string, string>; taken: ReadonlyMap<string, number> },
  ): Promise<number> {
    const { studioId, gameId, environment } = of.scope;
    const values = [of.eventWindowId, studioId, gameId, environment, of.now];
    const rows = [[...seats.keys()], [...seats.values()], [...taken.keys()], [...taken.values()]];
    const [row] = await tx.query<{ seated: number }>(TAKE, [...values, ...rows]);
    return row?.seated ?? 0;
  }
}

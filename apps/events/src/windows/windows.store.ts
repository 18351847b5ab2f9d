import { Injectable } from '@nestjs/common';
import type { Environment, GameScope, Json } from '@kraty/contracts/common';
import { statement, type Tx } from '@kraty/platform/persistence';
import type { BoardRow } from '../placement/board.js';
import { boardColumns } from '../placement/boards.store.js';
import { hasNoneToWaitFor } from '../attempts/parked-attempts.store.js';
import type { Occurrence } from './occurrences.js';
import type { PlannedRow } from './window-plan.js';

export interface WindowRow extends PlannedRow {
  eventId: string;
  revision: number | null;
}

/** A window that is open by the clock, with what the listing needs of its event. */
export interface CurrentWindowRow {
  eventId: string;
  eventKey: string;
  eventRevision: number;
  windowId: string;
  state: 'upcoming' | 'open';
  /** Set once the window is open. */
  windowRevision: number | null;
  startsAt: Date;
  endsAt: Date;
  metadataOverride: Json;
  leaderboardId: string | null;
}

const windowColumns = `id, event_id as "eventId", starts_at as "startsAt", ends_at as "endsAt", state, revision,
  metadata_override <> '{}' as "hasOverride"`;

// Rows that matter for planning: all to come, all that still run, and the last that has opened, however long ago it
// ended. No later window may reach back into it, and an event that opens once must remember that it did.
const PLANNED_WINDOWS = statement(
  'windows_planned',
  `select ${windowColumns} from event_window
    where event_id = $1 and player_id is null
      and (case when state = 'upcoming' then $3::timestamptz is null or starts_at >= $3 else ends_at > $2 end
           or id = (select id from event_window
                     where event_id = $1 and player_id is null and state in ('open', 'closing', 'finalized')
                     order by ends_at desc limit 1))
    order by starts_at`,
);

const INSERT_WINDOWS = statement(
  'windows_insert',
  `insert into event_window (id, event_id, studio_id, game_id, ordinal, starts_at, ends_at, state, metadata_override)
   select v.id, $1, $2, $3,
          (select coalesce(max(ordinal) + 1, 0) from event_window where event_id = $1) + v.at - 1,
          v.starts_at, v.ends_at, 'upcoming', '{}'
     from unnest($4::uuid[], $5::timestamptz[], $6::timestamptz[]) with ordinality as v(id, starts_at, ends_at, at)
   on conflict do nothing`,
);

const MOVE_ENDS = statement(
  'windows_move_ends',
  `update event_window w set ends_at = v.ends_at
     from unnest($1::uuid[], $2::timestamptz[]) as v(id, ends_at)
    where w.id = v.id and w.state = 'upcoming'`,
);

// What an operator wrote for a window outlives it, under the window's own id (04 §5.4).
const REMOVE_UPCOMING = statement(
  'windows_remove',
  `with removed as (delete from event_window where id = any($1) and state = 'upcoming' returning *)
   insert into orphaned_override (id, event_id, studio_id, game_id, starts_at, metadata, orphaned_at)
   select id, event_id, studio_id, game_id, starts_at, metadata_override, $2 from removed where metadata_override <> '{}'
   on conflict do nothing`,
);

// An event taken back from publication keeps the windows that operators have written to (05 §15).
const REMOVE_PLAIN_UPCOMING = statement(
  'windows_remove_plain',
  `delete from event_window where event_id = $1 and state = 'upcoming' and metadata_override = '{}'`,
);

const CANCEL_UPCOMING = statement(
  'windows_cancel',
  `update event_window set state = 'cancelled' where event_id = $1 and state = 'upcoming'`,
);

// An end that has passed stays as it is: a window that ended during a pause closes as of its own end.
const END_OPEN = statement(
  'windows_end_open',
  `update event_window set state = 'closing', ends_at = least(ends_at, $3)
    where event_id = $1 and state = 'open' and ($2::uuid is null or id = $2)
   returning ${windowColumns}`,
);

const OPEN_DUE = statement(
  'windows_open_due',
  `update event_window set state = 'open', revision = $2
    where event_id = $1 and player_id is null and state = 'upcoming' and starts_at <= $3
   returning ${windowColumns}`,
);

const REPIN_OPEN = statement(
  'windows_repin',
  `update event_window set revision = $2 where event_id = $1 and state = 'open'`,
);

const PLAN_AGAIN_AT = statement(
  'event_plan_again_at',
  `update event set plan_due_at = $2 where id = $1 and plan_due_at is distinct from $2`,
);

const EVENTS_TO_PLAN = statement(
  'events_to_plan',
  `select id as "eventId" from event
    where plan_due_at <= $1 and status in ('scheduled', 'live', 'paused') and archived_at is null and id > $2
    order by id limit $3`,
);

const IS_BEHIND = statement(
  'event_is_behind',
  `select e.plan_due_at <= $2
          or exists (select from event_window w
                      where w.event_id = e.id and w.player_id is null and w.state = 'upcoming' and w.starts_at <= $2) as behind
     from event e
    where e.id = $1 and e.status in ('scheduled', 'live', 'paused') and e.archived_at is null`,
);

const EVENTS_TO_OPEN = statement(
  'events_to_open',
  `select w.event_id as "eventId" from event_window w join event e on e.id = w.event_id
    where w.state = 'upcoming' and w.starts_at <= $1 and e.status in ('scheduled', 'live', 'paused')
      and w.event_id > $3
    group by w.event_id order by w.event_id limit $2`,
);

// Nothing closes while its event is paused (05 §15).
const WINDOWS_TO_CLOSE = statement(
  'windows_to_close',
  `select w.id, w.event_id as "eventId" from event_window w join event e on e.id = w.event_id
    where w.state in ('open', 'closing') and w.ends_at <= $1 and e.status <> 'paused' and w.id > $3
    order by w.id limit $2`,
);

const START_CLOSING = statement(
  'window_start_closing',
  `update event_window set state = 'closing' where id = $1 and state = 'open' and ends_at <= $2`,
);

const OVERDUE_OF_EVENT = statement(
  'windows_overdue_of_event',
  `select id, event_id as "eventId" from event_window
    where event_id = $1 and state in ('open', 'closing') and ends_at <= $2 order by ends_at limit $3`,
);

const ENVIRONMENTS_PLAYED = statement(
  'window_environments_played',
  `select distinct b.environment from event_board b
    where b.event_window_id = $1 and exists (select from attempt a where a.leaderboard_id = b.leaderboard_id)
    order by b.environment`,
);

const FINALIZE = statement(
  'window_finalize',
  `update event_window w set state = 'finalized', finalized_at = $2
    where w.id = $1 and w.state = 'closing' and ${hasNoneToWaitFor('$2')}
      and not exists (select from event_board b where b.event_window_id = w.id and b.closed_at is null)
   returning ${windowColumns}`,
);

const CLOSE_BOARDS = statement(
  'boards_close',
  `with ended as (
     select w.ends_at from event_window w
      where w.id = $1 and w.state = 'closing' and ${hasNoneToWaitFor('$2')}
   ), closed as (
     update event_board set closed_at = $2
      where exists (select from ended)
        and leaderboard_id = any(array(select b.leaderboard_id from event_board b
                                        where b.event_window_id = $1 and b.closed_at is null
                                        order by b.environment, b.shard, b.ordinal limit $3))
     returning *
   )
   select ${boardColumns}, (select ends_at from ended) as "windowEndsAt" from closed`,
);

const UNFINISHED = statement(
  'windows_unfinished',
  `select exists (select from event_window where event_id = $1 and state in ('upcoming', 'open', 'closing')) as unfinished`,
);

// Also what is open by the clock and not yet by its row: the caller opens it and looks again.
const CURRENT_OF_GAME = statement(
  'windows_current_of_game',
  `select e.id as "eventId", e.key as "eventKey", e.revision as "eventRevision", w.id as "windowId", w.state,
          w.revision as "windowRevision", w.starts_at as "startsAt", w.ends_at as "endsAt",
          w.metadata_override as "metadataOverride", b.leaderboard_id as "leaderboardId"
     from event e
     join event_window w on w.event_id = e.id
     left join event_board b on b.event_window_id = w.id and b.environment = $2 and b.mode = 'global'
    where e.game_id = $1 and e.status in ('scheduled', 'live') and e.archived_at is null
      and w.player_id is null and w.state in ('upcoming', 'open') and w.starts_at <= $3 and w.ends_at > $3
    order by w.ends_at, e.key collate "C"`,
);

/** Windows, and the end of their boards. */
@Injectable()
export class WindowsStore {
  /** Of those to come only the ones that start at `from` or later; null = all. */
  planned(tx: Tx, eventId: string, now: Date, from: Date | null): Promise<WindowRow[]> {
    return tx.query<WindowRow>(PLANNED_WINDOWS, [eventId, now, from]);
  }

  async insert(tx: Tx, event: { id: string } & GameScope, windows: ({ id: string } & Occurrence)[]): Promise<void> {
    if (windows.length === 0) return;
    const [ids, starts, ends] = [
      windows.map(({ id }) => id),
      windows.map(({ startsAtMs }) => iso(startsAtMs)),
      windows.map(({ endsAtMs }) => iso(endsAtMs)),
    ];
    await tx.query(INSERT_WINDOWS, [event.id, event.studioId, event.gameId, ids, starts, ends]);
  }

  async moveEnds(tx: Tx, moves: { id: string; endsAtMs: number }[]): Promise<void> {
    if (moves.length === 0) return;
    await tx.query(MOVE_ENDS, [moves.map(({ id }) => id), moves.map(({ endsAtMs }) => iso(endsAtMs))]);
  }

  /** Overrides of the removed windows stay as orphans. */
  async remove(tx: Tx, windowIds: string[], now: Date): Promise<void> {
    if (windowIds.length > 0) await tx.query(REMOVE_UPCOMING, [windowIds, now]);
  }

  /** All that wait for their time and bear no override. */
  async removePlainUpcoming(tx: Tx, eventId: string): Promise<void> {
    await tx.query(REMOVE_PLAIN_UPCOMING, [eventId]);
  }

  async cancelUpcoming(tx: Tx, eventId: string): Promise<void> {
    await tx.query(CANCEL_UPCOMING, [eventId]);
  }

  /** Ends what is open, or one window of it, now; from here on nobody enters. Starts under way are waited for. */
  endOpen(tx: Tx, eventId: string, windowId: string | null, now: Date): Promise<WindowRow[]> {
    return tx.query<WindowRow>(END_OPEN, [eventId, windowId, now]);
  }

  /** When the rules of the event next ask for a look; null = never again. */
  async planAgainAt(tx: Tx, eventId: string, at: Date | null): Promise<void> {
    await tx.query(PLAN_AGAIN_AT, [eventId, at]);
  }

  /** In pages by id. */
  async eventsToPlan(tx: Tx, now: Date, afterId: string, limit: number): Promise<string[]> {
    const rows = await tx.query<{ eventId: string }>(EVENTS_TO_PLAN, [now, afterId, limit]);
    return rows.map(({ eventId }) => eventId);
  }

  /** True when a look at the event's rules is due, or a window has begun and is not open. */
  async isBehind(tx: Tx, eventId: string, now: Date): Promise<boolean> {
    const [row] = await tx.query<{ behind: boolean | null }>(IS_BEHIND, [eventId, now]);
    return row?.behind ?? false;
  }

  overdueOfEvent(tx: Tx, eventId: string, now: Date, limit: number): Promise<{ id: string; eventId: string }[]> {
    return tx.query<{ id: string; eventId: string }>(OVERDUE_OF_EVENT, [eventId, now, limit]);
  }

  async environmentsPlayed(tx: Tx, windowId: string): Promise<Environment[]> {
    const rows = await tx.query<{ environment: Environment }>(ENVIRONMENTS_PLAYED, [windowId]);
    return rows.map(({ environment }) => environment);
  }

  /** Opens what has begun by the clock; each window is opened once, whoever comes first. */
  openDue(tx: Tx, eventId: string, revision: number, now: Date): Promise<WindowRow[]> {
    return tx.query<WindowRow>(OPEN_DUE, [eventId, revision, now]);
  }

  async repin(tx: Tx, eventId: string, revision: number): Promise<void> {
    await tx.query(REPIN_OPEN, [eventId, revision]);
  }

  /** In pages by id, as windows to close: none of them stands in the way of another. */
  async eventsToOpen(tx: Tx, now: Date, afterId: string, limit: number): Promise<string[]> {
    const rows = await tx.query<{ eventId: string }>(EVENTS_TO_OPEN, [now, limit, afterId]);
    return rows.map(({ eventId }) => eventId);
  }

  windowsToClose(tx: Tx, now: Date, afterId: string, limit: number): Promise<{ id: string; eventId: string }[]> {
    return tx.query<{ id: string; eventId: string }>(WINDOWS_TO_CLOSE, [now, limit, afterId]);
  }

  /** From here on no start can enter the window: starts hold a share lock on its row until they commit. */
  async startClosing(tx: Tx, windowId: string, now: Date): Promise<void> {
    await tx.query(START_CLOSING, [windowId, now]);
  }

  /** Null while an attempt is unresolved or a board open, or when the window is finalized already. */
  async finalize(tx: Tx, windowId: string, now: Date): Promise<WindowRow | null> {
    const [row] = await tx.query<WindowRow>(FINALIZE, [windowId, now]);
    return row ?? null;
  }

  /** Some of them; none while an attempt of the window is unresolved. */
  closeBoards(tx: Tx, windowId: string, now: Date, limit: number): Promise<(BoardRow & { windowEndsAt: Date })[]> {
    return tx.query<BoardRow & { windowEndsAt: Date }>(CLOSE_BOARDS, [windowId, now, limit]);
  }

  async hasUnfinished(tx: Tx, eventId: string): Promise<boolean> {
    const [row] = await tx.query<{ unfinished: boolean }>(UNFINISHED, [eventId]);
    return row?.unfinished ?? false;
  }

  currentOfGame(tx: Tx, gameId: string, environment: Environment, now: Date): Promise<CurrentWindowRow[]> {
    return tx.query<CurrentWindowRow>(CURRENT_OF_GAME, [gameId, environment, now]);
  }
}

const iso = (instantMs: number): string => new Date(instantMs).toISOString();

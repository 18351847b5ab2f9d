import { Injectable } from '@nestjs/common';
import type { Environment, GameScope, Json } from '@kraty/contracts/common';
import type { ScoreAggregation } from '@kraty/contracts/events';
import { statement, type Tx } from '@kraty/platform/persistence';
import type { Occurrence } from './occurrences.js';
import type { PlannedRow } from './window-plan.js';

export interface WindowRow extends PlannedRow {
  eventId: string;
  revision: number | null;
}

export interface BoardRow extends GameScope {
  leaderboardId: string;
  eventWindowId: string;
  environment: Environment;
  eventId: string;
  eventKey: string;
  mode: 'global' | 'none';
  scoreAggregation: ScoreAggregation;
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

const windowColumns = `id, event_id as "eventId", starts_at as "startsAt", ends_at as "endsAt", state, revision`;
const boardColumns = `leaderboard_id as "leaderboardId", event_window_id as "eventWindowId", environment, studio_id as "studioId",
  game_id as "gameId", event_id as "eventId", event_key as "eventKey", mode, score_aggregation as "scoreAggregation"`;

// Rows that matter for planning: all to come, all that still run, and the last that has opened, however long ago it
// ended. No later window may reach back into it, and an event that opens once must remember that it did.
const PLANNED_WINDOWS = statement(
  'windows_planned',
  `select ${windowColumns} from event_window
    where event_id = $1 and player_id is null
      and (state = 'upcoming' or ends_at > $2
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

const REMOVE_UPCOMING = statement(
  'windows_remove',
  `delete from event_window where id = any($1) and state = 'upcoming'`,
);

const REMOVE_ALL_UPCOMING = statement(
  'windows_remove_all',
  `delete from event_window where event_id = $1 and state = 'upcoming'`,
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

const INSERT_BOARDS = statement(
  'boards_insert',
  `insert into event_board (leaderboard_id, event_window_id, environment, studio_id, game_id, event_id, event_key, mode, score_aggregation)
   select v.leaderboard_id, v.event_window_id, v.environment, $4, $5, $6, $7, $8, $9
     from unnest($1::uuid[], $2::uuid[], $3::text[]) as v(leaderboard_id, event_window_id, environment)`,
);

const BOARD = statement(
  'board',
  `select b.leaderboard_id as "leaderboardId", b.event_window_id as "eventWindowId", b.environment, b.studio_id as "studioId",
          b.game_id as "gameId", b.event_id as "eventId", b.event_key as "eventKey", b.mode,
          b.score_aggregation as "scoreAggregation", w.starts_at as "opensAt", w.ends_at as "closesAt"
     from event_board b join event_window w on w.id = b.event_window_id
    where b.leaderboard_id = $1`,
);

const EVENTS_TO_OPEN = statement(
  'events_to_open',
  `select w.event_id as "eventId" from event_window w join event e on e.id = w.event_id
    where w.state = 'upcoming' and w.starts_at <= $1 and e.status in ('scheduled', 'live', 'paused')
    group by w.event_id order by min(w.starts_at) limit $2`,
);

// Nothing closes while its event is paused (05 §15).
const WINDOWS_TO_CLOSE = statement(
  'windows_to_close',
  `select w.id, w.event_id as "eventId" from event_window w join event e on e.id = w.event_id
    where w.state in ('open', 'closing') and w.ends_at <= $1 and e.status <> 'paused'
    order by w.ends_at limit $2`,
);

const START_CLOSING = statement(
  'window_start_closing',
  `update event_window set state = 'closing' where id = $1 and state = 'open' and ends_at <= $2`,
);

const FINALIZE = statement(
  'window_finalize',
  `update event_window w set state = 'finalized', finalized_at = $2
    where w.id = $1 and w.state = 'closing'
      and not exists (select from attempt a where a.event_window_id = w.id and a.status = 'in_progress')
   returning ${windowColumns}`,
);

const CLOSE_BOARDS = statement(
  'boards_close',
  `update event_board set closed_at = $2 where event_window_id = $1 and closed_at is null returning ${boardColumns}`,
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
     left join event_board b on b.event_window_id = w.id and b.environment = $2
    where e.game_id = $1 and e.status in ('scheduled', 'live') and e.archived_at is null
      and w.player_id is null and w.state in ('upcoming', 'open') and w.starts_at <= $3 and w.ends_at > $3
    order by w.ends_at, e.key collate "C"`,
);

/** Windows, and the boards made for them. */
@Injectable()
export class WindowsStore {
  planned(tx: Tx, eventId: string, now: Date): Promise<WindowRow[]> {
    return tx.query<WindowRow>(PLANNED_WINDOWS, [eventId, now]);
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

  async remove(tx: Tx, windowIds: string[]): Promise<void> {
    if (windowIds.length > 0) await tx.query(REMOVE_UPCOMING, [windowIds]);
  }

  async removeUpcoming(tx: Tx, eventId: string): Promise<void> {
    await tx.query(REMOVE_ALL_UPCOMING, [eventId]);
  }

  /** Opens what has begun by the clock; each window is opened once, whoever comes first. */
  openDue(tx: Tx, eventId: string, revision: number, now: Date): Promise<WindowRow[]> {
    return tx.query<WindowRow>(OPEN_DUE, [eventId, revision, now]);
  }

  async repin(tx: Tx, eventId: string, revision: number): Promise<void> {
    await tx.query(REPIN_OPEN, [eventId, revision]);
  }

  async insertBoards(tx: Tx, boards: BoardRow[]): Promise<void> {
    const [first] = boards;
    if (first === undefined) return;
    await tx.query(INSERT_BOARDS, [
      boards.map(({ leaderboardId }) => leaderboardId),
      boards.map(({ eventWindowId }) => eventWindowId),
      boards.map(({ environment }) => environment),
      first.studioId,
      first.gameId,
      first.eventId,
      first.eventKey,
      first.mode,
      first.scoreAggregation,
    ]);
  }

  async board(tx: Tx, leaderboardId: string): Promise<(BoardRow & { opensAt: Date; closesAt: Date }) | null> {
    const [row] = await tx.query<BoardRow & { opensAt: Date; closesAt: Date }>(BOARD, [leaderboardId]);
    return row ?? null;
  }

  async eventsToOpen(tx: Tx, now: Date, limit: number): Promise<string[]> {
    const rows = await tx.query<{ eventId: string }>(EVENTS_TO_OPEN, [now, limit]);
    return rows.map(({ eventId }) => eventId);
  }

  windowsToClose(tx: Tx, now: Date, limit: number): Promise<{ id: string; eventId: string }[]> {
    return tx.query<{ id: string; eventId: string }>(WINDOWS_TO_CLOSE, [now, limit]);
  }

  /** From here on no start can enter the window: starts hold a share lock on its row until they commit. */
  async startClosing(tx: Tx, windowId: string, now: Date): Promise<void> {
    await tx.query(START_CLOSING, [windowId, now]);
  }

  /** Null while an attempt is unresolved, or when the window is finalized already. */
  async finalize(tx: Tx, windowId: string, now: Date): Promise<WindowRow | null> {
    const [row] = await tx.query<WindowRow>(FINALIZE, [windowId, now]);
    return row ?? null;
  }

  closeBoards(tx: Tx, windowId: string, now: Date): Promise<BoardRow[]> {
    return tx.query<BoardRow>(CLOSE_BOARDS, [windowId, now]);
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

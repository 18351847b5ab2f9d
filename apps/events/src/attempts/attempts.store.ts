import { Injectable } from '@nestjs/common';
import type { Json } from '@kraty/contracts/common';
import { statement, type Tx } from '@kraty/platform/persistence';
import type { EventStatus } from '../definitions/event-definition.js';
import type { AttemptState } from './attempt.js';
import { attemptColumns, columnsOfAttempts, stateOf, type AttemptRow } from './attempt-rows.js';

/** An attempt with the state of its event at the moment of the lock. */
export interface LockedAttempt {
  attempt: AttemptState;
  eventStatus: EventStatus;
}

export interface StartGround {
  eventId: string;
  status: EventStatus;
  archived: boolean;
  eventRevision: number;
  studioId: string;
  /** Null between windows; the window is open by the clock, its row may still be `upcoming`. */
  windowId: string | null;
  windowState: 'upcoming' | 'open' | null;
  windowRevision: number | null;
  windowEndsAt: Date | null;
  leaderboardId: string | null;
}

const START_GROUND = statement(
  'start_ground',
  `select e.id as "eventId", e.status, e.archived_at is not null as archived, e.revision as "eventRevision",
          e.studio_id as "studioId", w.id as "windowId", w.state as "windowState", w.revision as "windowRevision",
          w.ends_at as "windowEndsAt", b.leaderboard_id as "leaderboardId"
     from event e
     left join event_window w on w.event_id = e.id and w.player_id is null and w.state in ('upcoming', 'open')
                             and w.starts_at <= $3 and w.ends_at > $3
     left join event_board b on b.event_window_id = w.id and b.environment = $4
    where e.game_id = $1 and e.key = $2`,
);

// The share lock holds the window open until the start has committed; whoever closes it waits for that.
// The advisory lock lets one start of a player and event at a time look at the caps.
const ENTER_WINDOW = statement(
  'start_enter_window',
  `select w.state = 'open' and w.ends_at > $2 as open, pg_advisory_xact_lock(hashtextextended($3, 0))
     from event_window w where w.id = $1 for share of w`,
);

const LOCK_ATTEMPTS = statement(
  'attempts_lock',
  `select ${attemptColumns}, e.status as "eventStatus"
     from attempt a join event e on e.id = a.event_id
    where a.id = any($1) order by a.id for update of a`,
);

const LOCK_RUNNING = statement(
  'attempt_lock_running',
  `select ${attemptColumns} from attempt a
    where a.event_window_id = $1 and a.player_id = $2 and a.status = 'in_progress' for update of a`,
);

const USED = statement(
  'attempts_used',
  `select (count(*) filter (where event_window_id = $3))::int as "inWindow",
          (count(*) filter (where started_at >= $4 and started_at < $5))::int as today
     from attempt
    where player_id = $1 and event_id = $2 and (event_window_id = $3 or (started_at >= $4 and started_at < $5))`,
);

const INSERT_ATTEMPT = statement(
  'attempt_insert',
  `insert into attempt (id, studio_id, game_id, environment, event_id, event_key, event_window_id, leaderboard_id, player_id,
          external_player_id, revision, status, started_at, ends_at, metrics_raw, score, progress_count, player_context)
   values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, 'in_progress', $12, $13, $14, $15, 0, $16)
   on conflict (event_window_id, player_id) where status = 'in_progress' do nothing
   returning id`,
);

const SAVE_ENDED = statement(
  'attempts_save_ended',
  `update attempt a set status = v.status, completed_at = v.completed_at
     from unnest($1::uuid[], $2::text[], $3::timestamptz[]) as v(id, status, completed_at)
    where a.id = v.id`,
);

// Nothing expires while its event is paused: its clock runs on and is read on resume (05 §15).
const CLAIM_OVERDUE = statement(
  'attempts_claim_overdue',
  `select ${attemptColumns} from attempt a join event e on e.id = a.event_id
    where a.status = 'in_progress' and a.ends_at <= $1 and e.status <> 'paused'
    order by a.ends_at limit $2 for update of a skip locked`,
);

const CLAIM_OF_WINDOW = statement(
  'attempts_claim_of_window',
  `select ${attemptColumns} from attempt a
    where a.event_window_id = $1 and a.status = 'in_progress' order by a.id limit $2 for update of a skip locked`,
);

const RUNNING_OF_PLAYER = statement(
  'attempts_running_of_player',
  `select ${attemptColumns} from attempt a
    where a.player_id = $1 and a.event_window_id = any($2) and a.status = 'in_progress'`,
);

const KEEP_CONTEXT = statement(
  'player_context_keep',
  `insert into player_context (game_id, environment, player_id, studio_id, context, updated_at)
   values ($1, $2, $3, $4, $5, $6)
   on conflict (game_id, environment, player_id) do update
      set context = excluded.context, updated_at = excluded.updated_at`,
);

/** Attempts, but for the hot path of progress, which has a store of its own. */
@Injectable()
export class AttemptsStore {
  async startGround(
    tx: Tx,
    gameId: string,
    eventKey: string,
    environment: string,
    now: Date,
  ): Promise<StartGround | null> {
    const [row] = await tx.query<StartGround>(START_GROUND, [gameId, eventKey, now, environment]);
    return row ?? null;
  }

  /** False when the window has begun to close. */
  async enterWindow(tx: Tx, windowId: string, now: Date, seat: string): Promise<boolean> {
    const [row] = await tx.query<{ open: boolean }>(ENTER_WINDOW, [windowId, now, seat]);
    return row?.open ?? false;
  }

  /** Locked in one order for everyone. Ids that name no attempt are left out. */
  async lock(tx: Tx, attemptIds: readonly string[]): Promise<LockedAttempt[]> {
    const rows = await tx.query<AttemptRow & { eventStatus: EventStatus }>(LOCK_ATTEMPTS, [attemptIds]);
    return rows.map((row) => ({ attempt: stateOf(row), eventStatus: row.eventStatus }));
  }

  async lockRunning(tx: Tx, windowId: string, playerId: string): Promise<AttemptState | null> {
    const [row] = await tx.query<AttemptRow>(LOCK_RUNNING, [windowId, playerId]);
    return row === undefined ? null : stateOf(row);
  }

  async used(
    tx: Tx,
    of: { playerId: string; eventId: string; windowId: string },
    day: { startsAtMs: number; endsAtMs: number },
  ): Promise<{ inWindow: number; today: number }> {
    const values = [of.playerId, of.eventId, of.windowId, new Date(day.startsAtMs), new Date(day.endsAtMs)];
    const [row] = await tx.query<{ inWindow: number; today: number }>(USED, values);
    return row ?? { inWindow: 0, today: 0 };
  }

  /** False when the player has an attempt in progress in the window already: the index decides, not an earlier look. */
  async insert(tx: Tx, attempt: AttemptState): Promise<boolean> {
    const inserted = await tx.query(INSERT_ATTEMPT, [
      attempt.id,
      attempt.studioId,
      attempt.gameId,
      attempt.environment,
      attempt.eventId,
      attempt.eventKey,
      attempt.eventWindowId,
      attempt.leaderboardId,
      attempt.playerId,
      attempt.externalPlayerId,
      attempt.revision,
      new Date(attempt.startedAtMs),
      new Date(attempt.endsAtMs),
      JSON.stringify(attempt.raw),
      attempt.score,
      attempt.playerContext === null ? null : JSON.stringify(attempt.playerContext),
    ]);
    return inserted.length > 0;
  }

  async saveEnded(tx: Tx, attempts: readonly AttemptState[]): Promise<void> {
    if (attempts.length === 0) return;
    const { ids, statuses, completedAts } = columnsOfAttempts(attempts);
    await tx.query(SAVE_ENDED, [ids, statuses, completedAts]);
  }

  /** Overdue attempts that nobody else works on. */
  async claimOverdue(tx: Tx, now: Date, limit: number): Promise<AttemptState[]> {
    return (await tx.query<AttemptRow>(CLAIM_OVERDUE, [now, limit])).map(stateOf);
  }

  async claimOfWindow(tx: Tx, windowId: string, limit: number): Promise<AttemptState[]> {
    return (await tx.query<AttemptRow>(CLAIM_OF_WINDOW, [windowId, limit])).map(stateOf);
  }

  async runningOf(tx: Tx, playerId: string, windowIds: readonly string[]): Promise<AttemptState[]> {
    return (await tx.query<AttemptRow>(RUNNING_OF_PLAYER, [playerId, windowIds])).map(stateOf);
  }

  async keepContext(
    tx: Tx,
    player: { gameId: string; environment: string; playerId: string; studioId: string },
    context: Json,
    now: Date,
  ): Promise<void> {
    const { gameId, environment, playerId, studioId } = player;
    await tx.query(KEEP_CONTEXT, [gameId, environment, playerId, studioId, JSON.stringify(context), now]);
  }
}

import { Injectable } from '@nestjs/common';
import { limits, type Idempotency, type Json, type Scope } from '@kraty/contracts/common';
import type { OutboxColumns } from '@kraty/platform/facts';
import { statement, type Tx } from '@kraty/platform/persistence';
import type { AttemptState } from './attempt.js';
import { attemptColumns, attemptTables, stateOf, type AttemptRow } from './attempt-rows.js';
import type { RecordedStart, StartLook } from './start-look.js';

const statusBegun = 0;

// The player's last attempt of the event says three things: whether one is in progress in the window, how many there
// were in it, and which number the next one must have.
const LOOK = statement(
  'start_look',
  `select e.id as "eventId", e.status, e.archived_at is not null as archived, e.revision as "eventRevision",
          w.id as "windowId", w.state as "windowState", w.revision as "windowRevision", w.ends_at as "windowEndsAt",
          b.leaderboard_id as "sharedBoardId", s.leaderboard_id as "seatBoardId", c.context as "lastContext",
          coalesce(l.ordinal, 0) as "lastOrdinal",
          case when l.event_window_id = w.id then l.window_ordinal else 0 end as "usedInWindow",
          case when l.event_window_id = w.id and l.status = 'in_progress' then l.id end as "runningId",
          h.n as "chargeN", h.state as "chargeState", h.attempt_id as "chargeAttemptId",
          r.request_hash as "requestHash", r.status as "recordedStatus", r.reply as "recordedReply"
     from (select) as one
     left join event e on e.game_id = $1 and e.key = $2
     left join event_window w on w.event_id = e.id and w.player_id is null and w.state in ('upcoming', 'open')
                             and w.starts_at <= $3 and w.ends_at > $3
     left join event_board b on b.event_window_id = w.id and b.environment = $4 and b.shard = '' and b.ordinal = 0
                            and b.mode in ('global', 'none')
     left join event_seat s on s.event_window_id = w.id and s.environment = $4 and s.player_id = $5
     left join player_context c on c.game_id = $1 and c.environment = $4 and c.player_id = $5
     left join lateral (select a.id, a.ordinal, a.event_window_id, a.window_ordinal, a.status from attempt a
                         where a.player_id = $5 and a.event_id = e.id order by a.ordinal desc limit 1) l on true
     left join entry_charge h on h.event_window_id = w.id and h.player_id = $5 and h.state <> 'reversed'
     left join idempotency_record r on r.game_id = $1 and r.environment = $4 and r.operation = $6 and r.key = $7
                                   and r.created_at > $8 and r.status <> ${statusBegun}`,
);

const ONE = statement('attempt_one', `select ${attemptColumns} from ${attemptTables} where a.id = $1`);

// An event allows at most a thousand attempts a day (05 §7), so its last thousand and one tell how many were today.
const USED_TODAY = statement(
  'start_used_today',
  `select count(*)::int as used
     from (select started_at from attempt where player_id = $1 and event_id = $2 order by ordinal desc limit 1001) recent
    where started_at >= $3 and started_at < $4`,
);

const IS_OVERTAKEN = statement(
  'start_is_overtaken',
  `select exists (select from attempt where player_id = $1 and event_id = $2 and ordinal > $4)
       or exists (select from entry_charge
                   where event_window_id = $3 and player_id = $1 and n is distinct from $5::int and state <> 'reversed')
       as overtaken`,
);

const keepContext = `
   context as (
     insert into player_context (game_id, environment, player_id, studio_id, context, updated_at)
     select $1, $2, $4, $3, $5::jsonb, $6 from granted where $5::jsonb is not null
     on conflict (game_id, environment, player_id) do update
        set context = excluded.context, updated_at = excluded.updated_at
   ), recorded as (
     insert into idempotency_record as record (game_id, environment, operation, key, request_hash, status, reply, created_at)
     select $1, $2, $7, $8::text, $9, $10, $11, $6 from granted where $8::text is not null
     on conflict (game_id, environment, operation, key) do update
        set request_hash = excluded.request_hash, status = excluded.status, reply = excluded.reply, created_at = excluded.created_at
      where record.created_at <= $12 or record.status = ${statusBegun}
     returning key
   ), told as (
     insert into outbox (id, subject, payload, headers, created_at)
     select v.id, v.subject, v.payload, v.headers::jsonb, now()
       from granted, unnest($13::uuid[], $14::text[], $15::text[], $16::text[]) as v(id, subject, payload, headers)
   )`;

/**
 * Everything a start writes, in one statement, or nothing. The window's share lock makes whoever closes it wait, and
 * after a close that came first the row no longer fits. The ordinal is unique for player and event: when another start
 * has come between look and write, it is taken and nothing is inserted. An open charge is locked first, so it is
 * either used here or given back elsewhere.
 */
const CREATE = statement(
  'start_create',
  `with entered as (
     select w.id from event_window w
      where w.id = $21 and w.state = 'open' and w.revision = $24 and w.ends_at = $28 and w.ends_at > $6 for share
   ), payable as (
     select c.n from entry_charge c
      where c.event_window_id = $21 and c.player_id = $4 and c.n = $17::int and c.state = 'open' for update
   ), granted as (
     insert into attempt (id, studio_id, game_id, environment, event_id, event_key, event_window_id, leaderboard_id,
            player_id, external_player_id, revision, ordinal, window_ordinal, status, started_at, ends_at, metrics_raw,
            score, progress_count, player_context)
     select $18, $3, $1, $2, $19, $20, $21, $22, $4, $23, $24, $25, $26, 'in_progress', $6, $27, $29::jsonb, $30, 0, $31::jsonb
       from entered where $17::int is null or exists (select from payable)
     on conflict do nothing
     returning id
   ), used as (
     update entry_charge c set state = 'used' from granted
      where c.event_window_id = $21 and c.player_id = $4 and c.n = $17
   ), seated as (
     insert into event_seat (event_window_id, player_id, studio_id, game_id, environment, leaderboard_id, taken_at)
     select $21, $4, $3, $1, $2, $22, $6 from granted where $32::boolean
     on conflict do nothing
   ),${keepContext}
   select exists (select from granted) as done`,
);

/** What a start that hands back a running attempt leaves behind, while the attempt is still running. */
const RESUME = statement(
  'start_resume',
  `with granted as (
     select a.id from attempt a where a.id = $17 and a.status = 'in_progress' for share
   ),${keepContext}
   select exists (select from granted) and ($8::text is null or exists (select from recorded)) as done`,
);

export interface LookCall {
  scope: Scope;
  playerId: string;
  eventKey: string;
  idempotency: Idempotency | null;
  now: Date;
}

/** Parts of a start's writing that a fresh and a running attempt have in common. */
export interface StartWrites {
  scope: Scope;
  playerId: string;
  /** Null leaves the player's last context as it is. */
  context: Json | null;
  recorded: RecordedStart | null;
  outbox: OutboxColumns;
  now: Date;
}

export interface FreshAttempt {
  attempt: AttemptState;
  ordinal: number;
  windowOrdinal: number;
  windowEndsAt: Date;
  /** The charge that the attempt uses up; null when nothing was charged for it. */
  chargeN: number | null;
  /** The attempt's board becomes the player's for the window. */
  keepsSeat: boolean;
}

/** The statements of `start`. */
@Injectable()
export class StartStore {
  async look(tx: Tx, { scope, playerId, eventKey, idempotency, now }: LookCall): Promise<StartLook> {
    const { gameId, environment } = scope;
    const values = [gameId, eventKey, now, environment, playerId];
    const [row] = await tx.query<StartLook>(LOOK, [
      ...values,
      idempotency?.operation ?? null,
      idempotency?.key ?? null,
      forgottenBefore(now),
    ]);
    if (row === undefined) throw new Error('a look always shows one row');
    return row;
  }

  async attempt(tx: Tx, attemptId: string): Promise<AttemptState | null> {
    const [row] = await tx.query<AttemptRow>(ONE, [attemptId]);
    return row === undefined ? null : stateOf(row);
  }

  async usedToday(
    tx: Tx,
    of: { playerId: string; eventId: string },
    day: { startsAtMs: number; endsAtMs: number },
  ): Promise<number> {
    const values = [of.playerId, of.eventId, new Date(day.startsAtMs), new Date(day.endsAtMs)];
    const [row] = await tx.query<{ used: number }>(USED_TODAY, values);
    return row?.used ?? 0;
  }

  /** True when another start of the player has charged or begun since the look. */
  async isOvertaken(
    tx: Tx,
    of: { playerId: string; eventId: string; eventWindowId: string },
    seen: { lastOrdinal: number; chargeN: number | null },
  ): Promise<boolean> {
    const values = [of.playerId, of.eventId, of.eventWindowId, seen.lastOrdinal, seen.chargeN];
    const [row] = await tx.query<{ overtaken: boolean }>(IS_OVERTAKEN, values);
    return row?.overtaken ?? false;
  }

  /** False when something has come between: the start looks again. */
  async create(tx: Tx, writes: StartWrites, fresh: FreshAttempt): Promise<boolean> {
    const { attempt } = fresh;
    const [row] = await tx.query<{ done: boolean }>(CREATE, [
      ...common(writes),
      fresh.chargeN,
      attempt.id,
      attempt.eventId,
      attempt.eventKey,
      attempt.eventWindowId,
      attempt.leaderboardId,
      attempt.externalPlayerId,
      attempt.revision,
      fresh.ordinal,
      fresh.windowOrdinal,
      new Date(attempt.endsAtMs),
      fresh.windowEndsAt,
      JSON.stringify(attempt.raw),
      attempt.score,
      textOf(attempt.playerContext),
      fresh.keepsSeat,
    ]);
    return row?.done ?? false;
  }

  /** False when the attempt has ended meanwhile, or a twin was quicker: the start looks again. */
  async resume(tx: Tx, writes: StartWrites, attemptId: string): Promise<boolean> {
    const [row] = await tx.query<{ done: boolean }>(RESUME, [...common(writes), attemptId]);
    return row?.done ?? false;
  }
}

function common({ scope, playerId, context, recorded, outbox, now }: StartWrites): unknown[] {
  const { gameId, environment, studioId } = scope;
  const record = [recorded?.operation, recorded?.key, recorded?.bodyHash, recorded?.status, recorded?.text];
  return [
    ...[gameId, environment, studioId, playerId, textOf(context), now],
    ...record.map((value) => value ?? null),
    forgottenBefore(now),
    ...[outbox.ids, outbox.subjects, outbox.payloads, outbox.headers],
  ];
}

const forgottenBefore = (now: Date): Date => new Date(now.getTime() - limits.idempotencyRetentionMs);
const textOf = (json: Json | null): string | null => (json === null ? null : JSON.stringify(json));

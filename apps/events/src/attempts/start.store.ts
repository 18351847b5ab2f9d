import { Injectable } from '@nestjs/common';
import { limits, type Idempotency, type Json, type Scope } from '@kraty/contracts/common';
import type { OutboxColumns } from '@kraty/platform/facts';
import { statusBegun } from '@kraty/platform/idempotency';
import { statement, type Tx } from '@kraty/platform/persistence';
import type { AttemptState } from './attempt.js';
import { attemptColumns, attemptTables, stateOf, type AttemptRow } from './attempt-rows.store.js';
import type { RecordedStart, StartLook } from './start-look.js';

// Each call gets one snapshot of everything its start needs. The player's last attempt of the event says three things:
// whether one is in progress in the window, how many there were in it, and which number the next one must have.
const LOOKS = statement(
  'start_looks',
  `select q.at::int, e.id as "eventId", e.status, e.archived_at is not null as archived, e.revision as "eventRevision",
          w.id as "windowId", w.state as "windowState", w.revision as "windowRevision", w.ends_at as "windowEndsAt",
          b.leaderboard_id as "sharedBoardId", s.leaderboard_id as "seatBoardId", c.context as "lastContext",
          coalesce(l.ordinal, 0) as "lastOrdinal",
          case when l.event_window_id = w.id then l.window_ordinal else 0 end as "usedInWindow",
          case when l.event_window_id = w.id and l.status = 'in_progress' then l.id end as "runningId",
          h.n as "chargeN", h.state as "chargeState", h.attempt_id as "chargeAttemptId",
          r.request_hash as "requestHash", r.status as "recordedStatus", r.reply as "recordedReply"
     from unnest($1::uuid[], $2::text[], $3::timestamptz[], $4::text[], $5::uuid[], $6::text[], $7::text[],
                 $8::timestamptz[])
            with ordinality as q(game_id, event_key, now, environment, player_id, operation, key, forgotten_before, at)
     left join event e on e.game_id = q.game_id and e.key = q.event_key
     left join event_window w on w.event_id = e.id and w.player_id is null and w.state in ('upcoming', 'open')
                             and w.starts_at <= q.now and w.ends_at > q.now
     left join event_board b on b.event_window_id = w.id and b.environment = q.environment and b.shard = ''
                            and b.ordinal = 0 and b.mode in ('global', 'none')
     left join event_seat s on s.event_window_id = w.id and s.environment = q.environment and s.player_id = q.player_id
     left join player_context c on c.game_id = q.game_id and c.environment = q.environment and c.player_id = q.player_id
     left join lateral (select a.id, a.ordinal, a.event_window_id, a.window_ordinal, a.status from attempt a
                         where a.player_id = q.player_id and a.event_id = e.id order by a.ordinal desc limit 1) l on true
     left join entry_charge h on h.event_window_id = w.id and h.player_id = q.player_id and h.state <> 'reversed'
     left join idempotency_record r on r.game_id = q.game_id and r.environment = q.environment
                                   and r.operation = q.operation and r.key = q.key
                                   and r.created_at > q.forgotten_before and r.status <> ${statusBegun}`,
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

/** What a start that hands back a running attempt leaves behind, while the attempt is still running. */
const RESUME = statement(
  'start_resume',
  `with granted as (
     select a.id from attempt a where a.id = $17 and a.status = 'in_progress' for share
   ),
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
   )
   select exists (select from granted) and ($8::text is null or exists (select from recorded)) as done`,
);

export interface LookCall {
  scope: Scope;
  playerId: string;
  eventKey: string;
  idempotency: Idempotency | null;
  now: Date;
}

/** What a start that hands back a running attempt writes. */
export interface ResumeWrites {
  scope: Scope;
  playerId: string;
  /** Null leaves the player's last context as it is. */
  context: Json | null;
  recorded: RecordedStart | null;
  outbox: OutboxColumns;
  now: Date;
}

/** The statements of `start`. */
@Injectable()
export class StartStore {
  /** One look a call, in their order. */
  async looks(tx: Tx, calls: readonly LookCall[]): Promise<StartLook[]> {
    const rows = await tx.query<StartLook & { at: number }>(LOOKS, [
      calls.map(({ scope }) => scope.gameId),
      calls.map(({ eventKey }) => eventKey),
      calls.map(({ now }) => now.toISOString()),
      calls.map(({ scope }) => scope.environment),
      calls.map(({ playerId }) => playerId),
      calls.map(({ idempotency }) => idempotency?.operation ?? null),
      calls.map(({ idempotency }) => idempotency?.key ?? null),
      calls.map(({ now }) => forgottenBefore(now).toISOString()),
    ]);
    const looks = new Map(rows.map((row) => [row.at, row]));
    return calls.map((_call, index) => {
      const look = looks.get(index + 1);
      if (look === undefined) throw new Error('a look always shows one row');
      return look;
    });
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

  /** False when the attempt has ended meanwhile, or a twin was quicker: the start looks again. */
  async resume(tx: Tx, writes: ResumeWrites, attemptId: string): Promise<boolean> {
    const { scope, playerId, context, recorded, outbox, now } = writes;
    const record = [recorded?.operation, recorded?.key, recorded?.bodyHash, recorded?.status, recorded?.text];
    const [row] = await tx.query<{ done: boolean }>(RESUME, [
      ...[scope.gameId, scope.environment, scope.studioId, playerId, textOf(context), now],
      ...record.map((value) => value ?? null),
      forgottenBefore(now),
      ...[outbox.ids, outbox.subjects, outbox.payloads, outbox.headers],
      attemptId,
    ]);
    return row?.done ?? false;
  }
}

const forgottenBefore = (now: Date): Date => new Date(now.getTime() - limits.idempotencyRetentionMs);
const textOf = (json: Json | null): string | null => (json === null ? null : JSON.stringify(json));

import { Injectable } from '@nestjs/common';
import { limits, type Json, type Scope } from '@kraty/contracts/common';
import type { NewFact, OutboxColumns } from '@kraty/platform/facts';
import { statusBegun } from '@kraty/platform/idempotency';
import { run, statement, type Tx } from '@kraty/platform/persistence';
import type { AttemptState } from './attempt.js';
import type { RecordedStart } from './start-look.js';

/** A start that has been judged, with everything it writes if its look still holds. */
export interface FreshStart {
  scope: Scope;
  /** Null leaves the player's last context as it is. */
  context: Json | null;
  recorded: RecordedStart | null;
  facts: NewFact[];
  attempt: AttemptState;
  ordinal: number;
  windowOrdinal: number;
  windowEndsAt: Date;
  /** The charge that the attempt uses up; null when nothing was charged for it. */
  chargeN: number | null;
  /** The attempt's board becomes the player's for the window. */
  keepsSeat: boolean;
}

/**
 * Attempts of the starts that still hold. The windows' share locks make whoever closes one wait, and after a close that
 * came first the row no longer fits; nor does it while the event is paused. The ordinal is unique for player and event: when another start has come between
 * look and write, it is taken and nothing is inserted. An open charge is locked first, so it is either used here or
 * given back elsewhere. Each kind of row is locked in one order, so that two batches do not wait for each other.
 */
const GRANT = statement(
  'starts_grant',
  `with v as (
     select * from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::uuid[], $6::text[], $7::uuid[], $8::uuid[],
                          $9::uuid[], $10::text[], $11::int[], $12::int[], $13::int[], $14::timestamptz[],
                          $15::timestamptz[], $16::text[], $17::float8[], $18::text[], $19::timestamptz[], $20::int[])
              with ordinality as v(id, studio_id, game_id, environment, event_id, event_key, event_window_id,
                          leaderboard_id, player_id, external_player_id, revision, ordinal, window_ordinal, started_at,
                          ends_at, raw, score, context, window_ends_at, charge_n, at)
   ), entered as (
     select w.id, w.revision, w.ends_at from event_window w join event e on e.id = w.event_id
      where w.id = any($7) and w.state = 'open' and e.status <> 'paused' order by w.id for share of w
   ), payable as (
     select c.event_window_id, c.player_id
       from entry_charge c
       join v on v.event_window_id = c.event_window_id and v.player_id = c.player_id and v.charge_n = c.n
      where c.state = 'open' order by c.event_window_id, c.player_id for update of c
   )
   insert into attempt (id, studio_id, game_id, environment, event_id, event_key, event_window_id, leaderboard_id,
          player_id, external_player_id, revision, ordinal, window_ordinal, status, started_at, ends_at, metrics_raw,
          score, progress_count, player_context)
   select v.id, v.studio_id, v.game_id, v.environment, v.event_id, v.event_key, v.event_window_id, v.leaderboard_id,
          v.player_id, v.external_player_id, v.revision, v.ordinal, v.window_ordinal, 'in_progress', v.started_at,
          v.ends_at, v.raw::jsonb, v.score, 0, v.context::jsonb
     from v join entered w on w.id = v.event_window_id and w.revision = v.revision
                          and w.ends_at = v.window_ends_at and w.ends_at > v.started_at
    where v.charge_n is null or exists (select from payable p
                                         where p.event_window_id = v.event_window_id and p.player_id = v.player_id)
    order by v.at
   on conflict do nothing
   returning id`,
);

/** What granted starts leave behind besides their attempts. */
const KEEP = statement(
  'starts_keep',
  `with used as (
     update entry_charge c set state = 'used' from unnest($1::uuid[], $2::uuid[], $3::int[]) as v(window_id, player_id, n)
      where c.event_window_id = v.window_id and c.player_id = v.player_id and c.n = v.n
   ), seated as (
     insert into event_seat (event_window_id, player_id, studio_id, game_id, environment, leaderboard_id, taken_at)
     select * from unnest($4::uuid[], $5::uuid[], $6::uuid[], $7::uuid[], $8::text[], $9::uuid[], $10::timestamptz[])
     on conflict do nothing
   ), context as (
     insert into player_context (game_id, environment, player_id, studio_id, context, updated_at)
     select v.game_id, v.environment, v.player_id, v.studio_id, v.context::jsonb, v.updated_at
       from unnest($11::uuid[], $12::text[], $13::uuid[], $14::uuid[], $15::text[], $16::timestamptz[])
              as v(game_id, environment, player_id, studio_id, context, updated_at)
     on conflict (game_id, environment, player_id) do update
        set context = excluded.context, updated_at = excluded.updated_at
   ), recorded as (
     insert into idempotency_record as record (game_id, environment, operation, key, request_hash, status, reply, created_at)
     select * from unnest($17::uuid[], $18::text[], $19::text[], $20::text[], $21::text[], $22::int[], $23::text[],
                          $24::timestamptz[])
     on conflict (game_id, environment, operation, key) do update
        set request_hash = excluded.request_hash, status = excluded.status, reply = excluded.reply, created_at = excluded.created_at
      where record.created_at <= $25 or record.status = ${statusBegun}
   )
   insert into outbox (id, subject, payload, headers, created_at)
   select v.id, v.subject, v.payload, v.headers::jsonb, now()
     from unnest($26::uuid[], $27::text[], $28::text[], $29::text[]) as v(id, subject, payload, headers)`,
);

/** Everything fresh attempts are written with. */
@Injectable()
export class FreshStartsStore {
  /**
   * Ids of the attempts that were made; of the others something has come between.
   *
   * @param starts in one order for everyone, each player and event once
   */
  async grant(tx: Tx, starts: readonly FreshStart[]): Promise<ReadonlySet<string>> {
    const attempts = starts.map(({ attempt }) => attempt);
    const rows = await tx.query<{ id: string }>(GRANT, [
      attempts.map(({ id }) => id),
      ...scopeColumns(attempts),
      attempts.map(({ eventId }) => eventId),
      attempts.map(({ eventKey }) => eventKey),
      attempts.map(({ eventWindowId }) => eventWindowId),
      attempts.map(({ leaderboardId }) => leaderboardId),
      attempts.map(({ playerId }) => playerId),
      attempts.map(({ externalPlayerId }) => externalPlayerId),
      attempts.map(({ revision }) => revision),
      starts.map(({ ordinal }) => ordinal),
      starts.map(({ windowOrdinal }) => windowOrdinal),
      attempts.map(startedAt),
      attempts.map(({ endsAtMs }) => iso(endsAtMs)),
      attempts.map(({ raw }) => JSON.stringify(raw)),
      attempts.map(({ score }) => score),
      attempts.map(({ playerContext }) => textOf(playerContext)),
      starts.map(({ windowEndsAt }) => windowEndsAt.toISOString()),
      starts.map(({ chargeN }) => chargeN),
    ]);
    return new Set(rows.map(({ id }) => id));
  }

  /** Under the locks of `grant`. */
  async keep(tx: Tx, granted: readonly FreshStart[], outbox: OutboxColumns, now: Date): Promise<void> {
    const paid = granted.filter(({ chargeN }) => chargeN !== null);
    const seated = granted.filter(({ keepsSeat }) => keepsSeat).map(({ attempt }) => attempt);
    await run(tx, KEEP, [
      paid.map(({ attempt }) => attempt.eventWindowId),
      paid.map(({ attempt }) => attempt.playerId),
      paid.map(({ chargeN }) => chargeN),
      seated.map(({ eventWindowId }) => eventWindowId),
      seated.map(({ playerId }) => playerId),
      ...scopeColumns(seated),
      seated.map(({ leaderboardId }) => leaderboardId),
      seated.map(startedAt),
      ...contextColumns(granted),
      ...recordColumns(granted),
      new Date(now.getTime() - limits.idempotencyRetentionMs),
      ...[outbox.ids, outbox.subjects, outbox.payloads, outbox.headers],
    ]);
  }
}

/** A player who started two events at once has the context of the later start; players stay in their order. */
function contextColumns(granted: readonly FreshStart[]): unknown[][] {
  const byPlayer = new Map<string, FreshStart>();
  for (const start of granted) {
    const { playerId, startedAtMs } = start.attempt;
    const known = byPlayer.get(playerId)?.attempt.startedAtMs ?? -Infinity;
    if (start.context !== null && startedAtMs >= known) byPlayer.set(playerId, start);
  }
  const last = [...byPlayer.values()];
  const attempts = last.map(({ attempt }) => attempt);
  const [studioIds, gameIds, environments] = scopeColumns(attempts);
  return [
    ...[gameIds!, environments!, attempts.map(({ playerId }) => playerId), studioIds!],
    last.map(({ context }) => textOf(context)),
    attempts.map(startedAt),
  ];
}

function recordColumns(granted: readonly FreshStart[]): unknown[][] {
  const records = granted.flatMap(({ recorded, attempt }) => (recorded === null ? [] : [{ ...recorded, attempt }]));
  const attempts = records.map(({ attempt }) => attempt);
  const [, gameIds, environments] = scopeColumns(attempts);
  return [
    ...[gameIds!, environments!],
    records.map(({ operation }) => operation),
    records.map(({ key }) => key),
    records.map(({ bodyHash }) => bodyHash),
    records.map(({ status }) => status),
    records.map(({ text }) => text),
    attempts.map(startedAt),
  ];
}

function scopeColumns(attempts: readonly AttemptState[]): string[][] {
  return [
    attempts.map(({ studioId }) => studioId),
    attempts.map(({ gameId }) => gameId),
    attempts.map(({ environment }) => environment),
  ];
}

const iso = (instantMs: number): string => new Date(instantMs).toISOString();
const startedAt = ({ startedAtMs }: AttemptState): string => iso(startedAtMs);
const textOf = (json: Json | null): string | null => (json === null ? null : JSON.stringify(json));

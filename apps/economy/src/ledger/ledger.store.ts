import { Injectable } from '@nestjs/common';
import type { Json } from '@kraty/contracts/common';
import type { OutboxColumns } from '@kraty/platform/facts';
import { statement, type Tx } from '@kraty/platform/persistence';
import type { MovedHolding, NamedWrite } from './batch-rows.js';
import type { Holding } from './ledger.js';
import type { LedgerRow } from './movement.js';
import { fenceOf, type OwnedResource } from './owned-resource.js';
import type { LevelUp } from './write.js';

/**
 * A row that does not exist cannot be locked, so it is made first, in the order in which rows are locked. Before that
 * the fences of the players are shared: a merge of one of them is waited for, and waits for us.
 */
const insertMissing = statement(
  'economy-insert-missing-holdings',
  `with fences as materialized (
     select pg_advisory_xact_lock_shared(fence)
       from (select distinct ${fenceOf('id')} as fence from unnest($4::uuid[]) as player(id) order by fence) as player
   )
   insert into holding (game_id, environment, player_id, resource_type, resource_key, studio_id, amount, metadata,
                        initial_paid, revision, created_at, updated_at)
   select missing.game_id, missing.environment, missing.player_id, missing.type, missing.key, missing.studio_id, 0,
          '{}', false, 0, $1, $1
     from unnest($2::uuid[], $3::text[], $4::uuid[], $5::text[], $6::text[], $7::uuid[]) with ordinality
       as missing(game_id, environment, player_id, type, key, studio_id, place)
    where (select count(*) from fences) > 0
    order by missing.place
   on conflict do nothing`,
);

/**
 * A statement of its own: folded into the insert above it would keep the snapshot from before the insert waited, and
 * miss the row that a rival has just committed. Row by row in the order of the list, by the primary key. A plan made
 * while the table was small and kept would read all of it for every batch, so for the statements that follow in this
 * transaction the planner is told not to.
 */
const lockHoldings = statement(
  'economy-lock-holdings',
  `select (wanted.place - 1)::int as place, held.amount, held.metadata, held.revision, held.initial_paid
     from (select set_config('enable_seqscan', 'off', true)) as planner,
          lateral (select * from unnest($1::uuid[], $2::text[], $3::uuid[], $4::text[], $5::text[]) with ordinality
                     as wanted(game_id, environment, player_id, type, key, place)
                    order by place) as wanted,
          lateral (select amount, metadata, revision, initial_paid
                     from holding
                    where game_id = wanted.game_id and environment = wanted.environment
                      and player_id = wanted.player_id and resource_type = wanted.type and resource_key = wanted.key
                      for update) as held`,
);

const deleteUnused = statement(
  'economy-delete-unused-holdings',
  `delete from holding
    using unnest($1::uuid[], $2::text[], $3::uuid[], $4::text[], $5::text[])
       as unused(game_id, environment, player_id, type, key)
    where holding.game_id = unused.game_id and holding.environment = unused.environment
      and holding.player_id = unused.player_id and resource_type = unused.type and resource_key = unused.key
      and revision = 0 and not initial_paid`,
);

/** Holdings, ledger rows, names of writes, paid levels and outbox rows of a batch: all of them or none. */
const writeBatch = statement(
  'economy-write-batch',
  `with moved as (
     update holding
        set amount = moved.amount, metadata = coalesce(moved.metadata::jsonb, holding.metadata),
            revision = moved.revision, initial_paid = moved.initial_paid, updated_at = $1
       from unnest($2::uuid[], $3::text[], $4::uuid[], $5::text[], $6::text[], $7::int[], $8::text[], $9::int[],
                   $10::bool[])
         as moved(game_id, environment, player_id, type, key, amount, metadata, revision, initial_paid)
      where holding.game_id = moved.game_id and holding.environment = moved.environment
        and holding.player_id = moved.player_id and resource_type = moved.type and resource_key = moved.key
   ), lines as (
     insert into ledger (game_id, environment, player_id, studio_id, resource_type, resource_key, ledger_id, delta,
                         balance_after, revision, reason, source_ref_id, origin, operation_id, idempotency_key, actor,
                         metadata, created_at)
     select game_id, environment, player_id, studio_id, type, key, ledger_id, delta, balance_after, revision, reason,
            source_ref_id, origin, operation_id, idempotency_key, actor, note::jsonb, $1
       from unnest($11::uuid[], $12::text[], $13::uuid[], $14::uuid[], $15::text[], $16::text[], $17::uuid[],
                   $18::int[], $19::int[], $20::int[], $21::text[], $22::text[], $23::text[], $24::text[], $25::text[],
                   $26::text[], $27::text[])
         as line(game_id, environment, player_id, studio_id, type, key, ledger_id, delta, balance_after, revision,
                 reason, source_ref_id, origin, operation_id, idempotency_key, actor, note)
   ), named as (
     insert into ledger_operation (game_id, environment, operation, key, studio_id, player_id, request_hash, reply,
                                   created_at)
     select game_id, environment, operation, key, studio_id, player_id, request_hash, reply::jsonb, $1
       from unnest($28::uuid[], $29::text[], $30::text[], $31::text[], $32::uuid[], $33::uuid[], $34::text[],
                   $35::text[])
         as named(game_id, environment, operation, key, studio_id, player_id, request_hash, reply)
   ), paid as (
     insert into level_reached (game_id, environment, player_id, economy_key, level, studio_id, reached_at)
     select game_id, environment, player_id, economy_key, level, studio_id, $1
       from unnest($36::uuid[], $37::text[], $38::uuid[], $39::text[], $40::int[], $41::uuid[])
         as paid(game_id, environment, player_id, economy_key, level, studio_id)
   )
   insert into outbox (id, subject, payload, headers, created_at)
   select id, subject, payload, headers::jsonb, now()
     from unnest($42::uuid[], $43::text[], $44::text[], $45::text[]) as told(id, subject, payload, headers)`,
);

interface HoldingRow {
  place: number;
  amount: number;
  metadata: Json;
  revision: number;
  initial_paid: boolean;
}

export interface BatchToWrite {
  at: Date;
  moved: MovedHolding[];
  rows: LedgerRow[];
  named: NamedWrite[];
  levels: LevelUp[];
  outbox: OutboxColumns;
}

/** The only writer of holdings and ledger rows, but for merges. */
@Injectable()
export class LedgerStore {
  /**
   * Makes rows that are missing and may be needed, then locks all. Both lists are in the one order for everyone, so
   * that no two transactions can deadlock. Null where there is no row.
   */
  async lock(
    tx: Tx,
    wanted: readonly OwnedResource[],
    made: readonly OwnedResource[],
    now: Date,
  ): Promise<(Holding | null)[]> {
    if (made.length > 0) {
      await tx.query(insertMissing, [now, ...columnsOf(made), made.map(({ scope }) => scope.studioId)]);
    }
    const holdings = new Array<Holding | null>(wanted.length).fill(null);
    for (const row of await tx.query<HoldingRow>(lockHoldings, columnsOf(wanted))) {
      const { type, key } = wanted[row.place]!;
      const { amount, metadata, revision, initial_paid: initialPaid } = row;
      holdings[row.place] = { type, key, amount, metadata, revision, initialPaid };
    }
    return holdings;
  }

  /** Rows that were made for writes that came to nothing: a refused operation creates no row (08 §3). */
  async deleteUnused(tx: Tx, unused: readonly OwnedResource[]): Promise<void> {
    if (unused.length > 0) await tx.query(deleteUnused, columnsOf(unused));
  }

  async write(tx: Tx, batch: BatchToWrite): Promise<void> {
    const { at, moved, rows, named, levels, outbox } = batch;
    await tx.query(writeBatch, [
      at,
      ...movedColumns(moved),
      ...lineColumns(rows),
      ...namedColumns(inNameOrder(named)),
      ...levelColumns(levels),
      ...[outbox.ids, outbox.subjects, outbox.payloads, outbox.headers],
    ]);
  }
}

function columnsOf(resources: readonly OwnedResource[]): unknown[][] {
  return [
    resources.map(({ scope }) => scope.gameId),
    resources.map(({ scope }) => scope.environment),
    resources.map(({ playerId }) => playerId),
    resources.map(({ type }) => type),
    resources.map(({ key }) => key),
  ];
}

function movedColumns(moved: readonly MovedHolding[]): unknown[][] {
  return [
    ...columnsOf(moved),
    moved.map(({ holding }) => holding.amount),
    moved.map(({ holding, metadataChanged }) => (metadataChanged ? JSON.stringify(holding.metadata) : null)),
    moved.map(({ holding }) => holding.revision),
    moved.map(({ holding }) => holding.initialPaid),
  ];
}

function lineColumns(rows: readonly LedgerRow[]): unknown[][] {
  return [
    rows.map(({ movement }) => movement.scope.gameId),
    rows.map(({ movement }) => movement.scope.environment),
    rows.map(({ movement }) => movement.playerId),
    rows.map(({ movement }) => movement.scope.studioId),
    rows.map(({ type }) => type),
    rows.map(({ key }) => key),
    rows.map(({ ledgerId }) => ledgerId),
    rows.map(({ delta }) => delta),
    rows.map(({ balanceAfter }) => balanceAfter),
    rows.map(({ revision }) => revision),
    rows.map(({ movement }) => movement.reason),
    rows.map(({ movement }) => movement.sourceRefId),
    rows.map(({ movement }) => movement.origin),
    rows.map(({ operationId }) => operationId),
    rows.map(({ idempotencyKey }) => idempotencyKey),
    rows.map(({ movement }) => movement.actor),
    rows.map(({ movement }) => JSON.stringify(movement.note)),
  ];
}

/** Twins that share no holding meet at their names: in one order, or two batches with two names could deadlock. */
function inNameOrder(named: readonly NamedWrite[]): NamedWrite[] {
  const nameOf = ({ gameId, environment, operation, key }: NamedWrite) =>
    [gameId, environment, operation, key].join('\n');
  return named.toSorted((left, right) => (nameOf(left) < nameOf(right) ? -1 : 1));
}

function namedColumns(named: readonly NamedWrite[]): unknown[][] {
  return [
    named.map(({ gameId }) => gameId),
    named.map(({ environment }) => environment),
    named.map(({ operation }) => operation),
    named.map(({ key }) => key),
    named.map(({ studioId }) => studioId),
    named.map(({ playerId }) => playerId),
    named.map(({ bodyHash }) => bodyHash),
    named.map(({ reply }) => reply),
  ];
}

function levelColumns(levels: readonly LevelUp[]): unknown[][] {
  return [
    levels.map(({ scope }) => scope.gameId),
    levels.map(({ scope }) => scope.environment),
    levels.map(({ heldBy }) => heldBy),
    levels.map(({ economyKey }) => economyKey),
    levels.map(({ level }) => level),
    levels.map(({ scope }) => scope.studioId),
  ];
}

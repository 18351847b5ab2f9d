import { Injectable } from '@nestjs/common';
import type { Json, Scope } from '@kraty/contracts/common';
import type { HoldingsMergeCounts, ResourceType } from '@kraty/contracts/economy';
import { statement, type Tx } from '@kraty/platform/persistence';
import { fenceOf } from '../ledger/owned-resource.js';
import type { AgedHolding, MergedHolding } from './merge.js';

const readMerge = statement('economy-read-merge', `select counts from holdings_merge where saga_id = $1`);

/** The second of two calls of one saga waits here for the first. */
const insertMerge = statement(
  'economy-insert-merge',
  `insert into holdings_merge (saga_id, game_id, environment, studio_id, from_player, to_player, counts, merged_at)
   values ($1, $2, $3, $4, $5, $6, '{}', $7)
   on conflict do nothing
   returning true as inserted`,
);

const recordCounts = statement('economy-record-merge', `update holdings_merge set counts = $2 where saga_id = $1`);

/** Nobody makes a holding of either from here on; see `fenceOf`. */
const fenceBoth = statement(
  'economy-fence-both',
  `select pg_advisory_xact_lock(fence)
     from (select distinct ${fenceOf('id')} as fence from unnest($1::uuid[]) as player(id) order by fence) as player`,
);

/** Both players' rows, in the order in which every writer locks. */
const lockBoth = statement(
  'economy-lock-both',
  `select player_id, resource_type, resource_key, amount, metadata, revision, initial_paid, created_at
     from holding
    where game_id = $1 and environment = $2 and player_id = any($3::uuid[])
    order by player_id, resource_type collate "C", resource_key collate "C"
      for update`,
);

/** What was told of either before forms no chain of balances with what follows. */
const saveMerged = statement(
  'economy-save-merged-holdings',
  `insert into holding as kept (game_id, environment, player_id, studio_id, resource_type, resource_key, amount, metadata,
                                revision, initial_paid, created_at, chained_from, updated_at)
   select $1, $2, $3, $4, type, key, amount, metadata::jsonb, revision, initial_paid, created_at, revision, $5
     from unnest($6::text[], $7::text[], $8::int[], $9::text[], $10::int[], $11::bool[], $12::timestamptz[])
       as merged(type, key, amount, metadata, revision, initial_paid, created_at)
   on conflict (game_id, environment, player_id, resource_type, resource_key) do update
      set amount = excluded.amount, metadata = excluded.metadata, revision = excluded.revision,
          initial_paid = excluded.initial_paid, created_at = excluded.created_at,
          chained_from = excluded.chained_from, updated_at = excluded.updated_at`,
);

const deleteHoldings = statement(
  'economy-delete-holdings',
  `delete from holding where game_id = $1 and environment = $2 and player_id = $3`,
);

/**
 * Rows stand behind the target's own, so that no two of a holding bear one number. A key that the target has used
 * as well gets the source's name behind it (08 §10).
 */
const moveLedger = statement(
  'economy-move-ledger',
  `with moved as (
     update ledger
        set player_id = $4, revision = revision + by_rows,
            idempotency_key = case
              when idempotency_key in (select idempotency_key from ledger
                                        where game_id = $1 and environment = $2 and player_id = $4
                                          and idempotency_key is not null)
              then idempotency_key || '#merged:' || $3::text
              else idempotency_key
            end
       from unnest($5::text[], $6::text[], $7::int[]) as shifted(type, key, by_rows)
      where game_id = $1 and environment = $2 and player_id = $3 and resource_type = type and resource_key = key
     returning resource_type
   )
   select count(*) filter (where resource_type = 'item')::int as items,
          count(*) filter (where resource_type = 'economy')::int as wallets
     from moved`,
);

const moveLevels = statement(
  'economy-move-levels',
  `with left_behind as (
     delete from level_reached
      where game_id = $1 and environment = $2 and player_id = $3
     returning economy_key, level, studio_id, reached_at
   )
   insert into level_reached (game_id, environment, player_id, economy_key, level, studio_id, reached_at)
   select $1, $2, $4, economy_key, level, studio_id, reached_at from left_behind
   on conflict do nothing`,
);

interface HoldingRow {
  player_id: string;
  resource_type: ResourceType;
  resource_key: string;
  amount: number;
  metadata: Json;
  revision: number;
  initial_paid: boolean;
  created_at: Date;
}

/** Two players of one game, the one that goes and the one that stays. */
export interface Pair {
  scope: Scope;
  from: string;
  to: string;
}

@Injectable()
export class MergesStore {
  /** Null when this call is the first of its saga; else what the first has counted. */
  async begin(tx: Tx, sagaId: string, { scope, from, to }: Pair, now: Date): Promise<HoldingsMergeCounts | null> {
    const values = [sagaId, scope.gameId, scope.environment, scope.studioId, from, to, now];
    if ((await tx.query(insertMerge, values)).length > 0) return null;
    const [row] = await tx.query<{ counts: HoldingsMergeCounts }>(readMerge, [sagaId]);
    return row?.counts ?? null;
  }

  async finish(tx: Tx, sagaId: string, counts: HoldingsMergeCounts): Promise<void> {
    await tx.query(recordCounts, [sagaId, JSON.stringify(counts)]);
  }

  async lock(tx: Tx, { scope, from, to }: Pair): Promise<{ from: AgedHolding[]; to: AgedHolding[] }> {
    await tx.query(fenceBoth, [[from, to]]);
    const rows = await tx.query<HoldingRow>(lockBoth, [scope.gameId, scope.environment, [from, to]]);
    const ofPlayer = (playerId: string) => rows.filter((row) => row.player_id === playerId).map(holdingOf);
    return { from: ofPlayer(from), to: ofPlayer(to) };
  }

  async saveHoldings(tx: Tx, { scope, from, to }: Pair, merged: readonly MergedHolding[], now: Date): Promise<void> {
    const { gameId, environment, studioId } = scope;
    await tx.query(saveMerged, [
      ...[gameId, environment, to, studioId, now],
      merged.map(({ type }) => type),
      merged.map(({ key }) => key),
      merged.map(({ amount }) => amount),
      merged.map(({ metadata }) => JSON.stringify(metadata)),
      merged.map(({ revision }) => revision),
      merged.map(({ initialPaid }) => initialPaid),
      merged.map(({ createdAt }) => createdAt.toISOString()),
    ]);
    await tx.query(deleteHoldings, [gameId, environment, from]);
  }

  /** How many rows of each kind have a new owner. */
  async moveLedger(
    tx: Tx,
    { scope, from, to }: Pair,
    merged: readonly MergedHolding[],
  ): Promise<{ items: number; wallets: number }> {
    const values = [scope.gameId, scope.environment, from, to];
    await tx.query(moveLevels, values);
    const [counts] = await tx.query<{ items: number; wallets: number }>(moveLedger, [
      ...values,
      merged.map(({ type }) => type),
      merged.map(({ key }) => key),
      merged.map(({ rowsMovedBy }) => rowsMovedBy),
    ]);
    if (!counts) throw new Error('counts are always returned');
    return counts;
  }
}

function holdingOf(row: HoldingRow): AgedHolding {
  return {
    type: row.resource_type,
    key: row.resource_key,
    amount: row.amount,
    metadata: row.metadata,
    revision: row.revision,
    initialPaid: row.initial_paid,
    createdAt: row.created_at,
  };
}

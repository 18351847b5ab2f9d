import { Injectable } from '@nestjs/common';
import type { Scope } from '@kraty/contracts/common';
import type { ResourceType } from '@kraty/contracts/economy';
import { statement, type Tx } from '@kraty/platform/persistence';
import { inLockOrder, resourceId, type Holding, type Line, type ResourceName } from './ledger.js';
import type { Movement } from './movement.js';

/** A row that does not exist cannot be locked, so it is made first, in the order in which rows are locked. */
const insertMissing = statement(
  'economy-insert-missing-holdings',
  `insert into holding (game_id, environment, player_id, resource_type, resource_key, studio_id, amount, metadata,
                        initial_paid, revision, created_at, updated_at)
   select $1, $2, $3, missing.type, missing.key, $4, 0, '{}', false, 0, $5, $5
     from unnest($6::text[], $7::text[]) with ordinality as missing(type, key, place)
    order by missing.place
   on conflict do nothing`,
);

/**
 * A statement of its own: folded into the insert above it would keep the snapshot from before the insert waited, and
 * miss the row that a rival has just committed.
 */
const lockHoldings = statement(
  'economy-lock-holdings',
  `select resource_type, resource_key, amount, metadata, revision, initial_paid
     from holding
    where game_id = $1 and environment = $2 and player_id = $3
      and (resource_type, resource_key) in (select * from unnest($4::text[], $5::text[]))
    order by resource_type collate "C", resource_key collate "C"
      for update`,
);

const writeLines = statement(
  'economy-write-ledger-lines',
  `with line as (
     select * from unnest($5::uuid[], $6::text[], $7::text[], $8::int[], $9::int[], $10::text[], $11::int[], $12::text[])
       as line(ledger_id, type, key, delta, balance_after, metadata, revision, operation_id)
   ), moved as (
     update holding
        set amount = line.balance_after, metadata = line.metadata::jsonb, revision = line.revision,
            updated_at = $13
       from line
      where game_id = $1 and environment = $2 and player_id = $3
        and resource_type = line.type and resource_key = line.key
   )
   insert into ledger (game_id, environment, player_id, studio_id, ledger_id, resource_type, resource_key, delta,
                       balance_after, reason, source_ref_id, origin, operation_id, actor, metadata, created_at)
   select $1, $2, $3, $4, ledger_id, type, key, delta, balance_after, $14, $15, $16, operation_id, $17, '{}', $13
     from line`,
);

interface HoldingRow {
  resource_type: ResourceType;
  resource_key: string;
  amount: number;
  metadata: Holding['metadata'];
  revision: number;
  initial_paid: boolean;
}

/** A line with the names it gets in the ledger. */
export interface NamedLine extends Line {
  ledgerId: string;
  operationId: string;
}

/** The only writer of holdings and ledger rows, but for the one-statement spend. */
@Injectable()
export class LedgerStore {
  /** Makes what is missing, then locks all in one order for everyone, so that no two operations can deadlock. */
  async lockAll(
    tx: Tx,
    owner: { scope: Scope; playerId: string },
    names: readonly ResourceName[],
    now: Date,
  ): Promise<Map<string, Holding>> {
    const { scope, playerId } = owner;
    const ordered = inLockOrder(names);
    const types = ordered.map(({ type }) => type);
    const keys = ordered.map(({ key }) => key);
    const player = [scope.gameId, scope.environment, playerId];
    await tx.query(insertMissing, [...player, scope.studioId, now, types, keys]);
    const rows = await tx.query<HoldingRow>(lockHoldings, [...player, types, keys]);
    return new Map(rows.map(holdingOf).map((holding) => [resourceId(holding), holding]));
  }

  /** Moves locked holdings and appends their lines, one statement for all. */
  async write(tx: Tx, movement: Movement, lines: readonly NamedLine[]): Promise<void> {
    const { scope, playerId, reason, sourceRefId, origin, actor, at } = movement;
    await tx.query(writeLines, [
      scope.gameId,
      scope.environment,
      playerId,
      scope.studioId,
      lines.map((line) => line.ledgerId),
      lines.map((line) => line.type),
      lines.map((line) => line.key),
      lines.map((line) => line.delta),
      lines.map((line) => line.balanceAfter),
      lines.map((line) => JSON.stringify(line.metadata)),
      lines.map((line) => line.revision),
      lines.map((line) => line.operationId),
      at,
      reason,
      sourceRefId,
      origin,
      actor,
    ]);
  }
}

function holdingOf(row: HoldingRow): Holding {
  return {
    type: row.resource_type,
    key: row.resource_key,
    amount: row.amount,
    metadata: row.metadata,
    revision: row.revision,
    initialPaid: row.initial_paid,
  };
}

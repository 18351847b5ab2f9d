import { Injectable } from '@nestjs/common';
import type { StagedColumns } from '@kraty/platform/facts';
import { Database, statement } from '@kraty/platform/persistence';
import type { Spend } from './spending.js';

/**
 * A spend in one statement: the write carries every condition, and "no row" is the refusal. Holding, key, ledger row
 * and outbox row are committed together or not at all. Twins under one key queue at the holding's row lock; the
 * second then breaks the key's primary key and is answered from the record.
 */
const spendStatement = statement(
  'economy-spend',
  `with spent as (
     update holding
        set amount = amount - $6, revision = revision + 1, updated_at = $7
      where game_id = $1 and environment = $2 and player_id = $3 and resource_type = $4 and resource_key = $5
        and amount >= $6
        and (initial_paid or not $8)
        and not exists (select from ledger_operation
                         where game_id = $1 and environment = $2 and operation = $9 and key = $10)
     returning studio_id, amount, revision
   ), keyed as (
     insert into ledger_operation (game_id, environment, operation, key, studio_id, player_id, request_hash, reply, created_at)
     select $1, $2, $9, $10, studio_id, $3, $11, jsonb_build_object('left', amount), $7
       from spent
      where $10::text is not null
   ), line as (
     insert into ledger (game_id, environment, player_id, resource_type, resource_key, studio_id, ledger_id, delta,
                         balance_after, reason, origin, operation_id, idempotency_key, actor, metadata, created_at)
     select $1, $2, $3, $4, $5, studio_id, $12, -$6, amount, $13, 'client', $14, $10, 'player', '{}', $7
       from spent
   ), told as (
     insert into outbox (id, subject, payload, headers, created_at)
     select told.id, told.subject,
            replace(replace(told.payload, '"revision":-1', '"revision":' || spent.revision),
                    '"balanceAfter":-1', '"balanceAfter":' || spent.amount),
            told.headers::jsonb, now()
       from spent, unnest($15::uuid[], $16::text[], $17::text[], $18::text[]) as told(id, subject, payload, headers)
   )
   select amount, revision from spent`,
);

const readHeld = statement(
  'economy-read-held',
  `select amount, initial_paid
     from holding
    where game_id = $1 and environment = $2 and player_id = $3 and resource_type = $4 and resource_key = $5`,
);

const readRecord = statement(
  'economy-read-spend-record',
  `select request_hash, (reply ->> 'left')::int as "left"
     from ledger_operation
    where game_id = $1 and environment = $2 and operation = $3 and key = $4`,
);

const uniqueViolation = '23505';
const keyConstraint = 'ledger_operation_pkey';

/** Ids and texts of one spend, drawn before the statement runs. */
export interface SpendNames {
  ledgerId: string;
  operationId: string;
  /** The fact of the spend, but for what only the statement knows. */
  told: StagedColumns;
  at: Date;
  /** The currency begins with something, so only a holding that has had it may be touched. */
  needsInitialPaid: boolean;
}

export interface SpendRecord {
  requestHash: string;
  left: number;
}

@Injectable()
export class SpendingStore {
  constructor(private readonly database: Database) {}

  /** What is left; null when a condition did not hold, or the key has been used. */
  async spend(spend: Spend, names: SpendNames): Promise<{ amount: number; revision: number } | null> {
    const { scope, player, type, key, amount, reason, idempotency } = spend;
    const values = [
      scope.gameId,
      scope.environment,
      player.playerId,
      type,
      key,
      amount,
      names.at,
      names.needsInitialPaid,
      idempotency?.operation ?? null,
      idempotency?.key ?? null,
      idempotency?.bodyHash ?? null,
      names.ledgerId,
      reason,
      names.operationId,
      names.told.columns.ids,
      names.told.columns.subjects,
      names.told.columns.payloads,
      names.told.columns.headers,
    ];
    try {
      const [row] = await this.database.query<{ amount: number; revision: number }>(spendStatement, values);
      return row ?? null;
    } catch (error) {
      if (isKeyTaken(error)) return null;
      throw error;
    }
  }

  /** The effect an idempotency key has had, if any. */
  async record({ scope, idempotency }: Spend): Promise<SpendRecord | null> {
    if (!idempotency) return null;
    const values = [scope.gameId, scope.environment, idempotency.operation, idempotency.key];
    const [row] = await this.database.query<{ request_hash: string; left: number }>(readRecord, values);
    return row ? { requestHash: row.request_hash, left: row.left } : null;
  }

  /** Null when the player has no such holding. */
  async held({ scope, player, type, key }: Spend): Promise<{ amount: number; initialPaid: boolean } | null> {
    const values = [scope.gameId, scope.environment, player.playerId, type, key];
    const [row] = await this.database.query<{ amount: number; initial_paid: boolean }>(readHeld, values);
    return row ? { amount: row.amount, initialPaid: row.initial_paid } : null;
  }
}

function isKeyTaken(error: unknown): boolean {
  const { code, constraint } = (error ?? {}) as { code?: unknown; constraint?: unknown };
  return code === uniqueViolation && constraint === keyConstraint;
}

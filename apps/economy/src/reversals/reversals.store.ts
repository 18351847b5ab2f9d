import { Injectable } from '@nestjs/common';
import type { Scope } from '@kraty/contracts/common';
import { statement, type Tx } from '@kraty/platform/persistence';
import { operationIdRecord, type StoredReply } from '../ledger/write.js';

/** Locked, so that of two reversals of one operation the second sees what the first has done. */
const lockOperation = statement(
  'economy-lock-operation',
  `select player_id, reply
     from ledger_operation
    where game_id = $1 and environment = $2 and operation = $3 and key = $4
      for update`,
);

const barOperation = statement(
  'economy-bar-operation',
  `insert into ledger_operation (game_id, environment, operation, key, studio_id, player_id, request_hash, reply,
                                 created_at)
   values ($1, $2, $3, $4, $5, $6, '', $7, $8)
   on conflict do nothing
   returning true as barred`,
);

const insertReversal = statement(
  'economy-insert-reversal',
  `insert into reversal (game_id, environment, operation_id, studio_id, requested_at, retry_at, tries)
   values ($1, $2, $3, $4, $5, $5, 0)
   on conflict do nothing`,
);

const readReversal = statement(
  'economy-read-reversal',
  `select paid_at is not null as paid
     from reversal
    where game_id = $1 and environment = $2 and operation_id = $3`,
);

const markPaid = statement(
  'economy-mark-reversal-paid',
  `update reversal set paid_at = $4, retry_at = null where game_id = $1 and environment = $2 and operation_id = $3`,
);

const postpone = statement(
  'economy-postpone-reversal',
  `update reversal
      set tries = tries + 1,
          retry_at = $4::timestamptz + least(power(2, least(tries, 12)), $5) * interval '1 second'
    where game_id = $1 and environment = $2 and operation_id = $3 and retry_at is not null`,
);

const selectDue = statement(
  'economy-due-reversals',
  `select game_id, environment, operation_id, studio_id
     from reversal
    where retry_at <= $1
    order by retry_at
    limit $2`,
);

export interface ReversalRef {
  scope: Scope;
  operationId: string;
}

export interface ReversedOperation {
  playerId: string;
  reply: StoredReply;
}

@Injectable()
export class ReversalsStore {
  async lockOperation(tx: Tx, { scope, operationId }: ReversalRef): Promise<ReversedOperation | null> {
    const values = [scope.gameId, scope.environment, operationIdRecord, operationId];
    const [row] = await tx.query<{ player_id: string; reply: StoredReply }>(lockOperation, values);
    return row ? { playerId: row.player_id, reply: row.reply } : null;
  }

  /** False when the operation has come in the meantime. */
  async bar(tx: Tx, { scope, operationId }: ReversalRef, playerId: string, now: Date): Promise<boolean> {
    const reply: StoredReply = { amount: 0, barred: true };
    const rows = await tx.query(barOperation, [
      ...[scope.gameId, scope.environment, operationIdRecord, operationId, scope.studioId, playerId],
      ...[JSON.stringify(reply), now],
    ]);
    return rows.length > 0;
  }

  /** Whether it is paid already. */
  async request(tx: Tx, { scope, operationId }: ReversalRef, now: Date): Promise<boolean> {
    await tx.query(insertReversal, [scope.gameId, scope.environment, operationId, scope.studioId, now]);
    const [row] = await tx.query<{ paid: boolean }>(readReversal, [scope.gameId, scope.environment, operationId]);
    return row?.paid ?? false;
  }

  async markPaid(tx: Tx, { scope, operationId }: ReversalRef, now: Date): Promise<void> {
    await tx.query(markPaid, [scope.gameId, scope.environment, operationId, now]);
  }

  async postpone(tx: Tx, { scope, operationId }: ReversalRef, now: Date, retrySecondsMax: number): Promise<void> {
    await tx.query(postpone, [scope.gameId, scope.environment, operationId, now, retrySecondsMax]);
  }

  async due(tx: Tx, now: Date, rowsMax: number): Promise<ReversalRef[]> {
    const rows = await tx.query<{
      game_id: string;
      environment: Scope['environment'];
      operation_id: string;
      studio_id: string;
    }>(selectDue, [now, rowsMax]);
    return rows.map((row) => ({
      scope: { studioId: row.studio_id, gameId: row.game_id, environment: row.environment },
      operationId: row.operation_id,
    }));
  }
}

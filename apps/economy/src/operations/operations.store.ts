import { Injectable } from '@nestjs/common';
import type { Scope } from '@kraty/contracts/common';
import type { OperationResult } from '@kraty/contracts/economy';
import { statement, type Tx } from '@kraty/platform/persistence';

/** The name under which `apply` keeps its operation ids; keys of calls are kept under their method and path. */
const applyOperationName = 'apply';

const readResult = statement(
  'economy-read-operation-result',
  `select reply from ledger_operation where game_id = $1 and environment = $2 and operation = $3 and key = $4`,
);

const insertResult = statement(
  'economy-insert-operation-result',
  `insert into ledger_operation (game_id, environment, operation, key, studio_id, player_id, request_hash, reply, created_at)
   values ($1, $2, $3, $4, $5, $6, '', $7, $8)`,
);

export type Holdings = OperationResult['holdings'];

/** Results of operations by id, kept for ever (08 §4.1). */
@Injectable()
export class OperationsStore {
  async read(tx: Tx, scope: Scope, operationId: string): Promise<Holdings | null> {
    const values = [scope.gameId, scope.environment, applyOperationName, operationId];
    const [row] = await tx.query<{ reply: Holdings }>(readResult, values);
    return row?.reply ?? null;
  }

  async insert(
    tx: Tx,
    operation: { scope: Scope; playerId: string; operationId: string },
    holdings: Holdings,
    now: Date,
  ): Promise<void> {
    const { scope, playerId, operationId } = operation;
    await tx.query(insertResult, [
      scope.gameId,
      scope.environment,
      applyOperationName,
      operationId,
      scope.studioId,
      playerId,
      JSON.stringify(holdings),
      now,
    ]);
  }
}

import { Injectable } from '@nestjs/common';
import type { Scope } from '@kraty/contracts/common';
import { Database, statement, type Tx } from '@kraty/platform/persistence';
import { grantColumns } from '../grants/grant-columns.js';
import type { GrantRow } from '../grants/grant.js';

const findByKey = statement(
  'grants-find-by-idempotency-key',
  `select ${grantColumns}
     from player_grant
    where game_id = $1 and environment = $2 and idempotency_owner = $3 and idempotency_key = $4`,
);

/** Twins wait here for each other instead of breaking the unique index, which would cost the whole transaction. */
const lockKey = statement('grants-lock-idempotency-key', `select pg_advisory_xact_lock(hashtextextended($1, 0))`);

@Injectable()
export class CreationStore {
  constructor(private readonly database: Database) {}

  /** The grant a key has made; null when it has made none. */
  async findByKey(scope: Scope, { owner, key }: { owner: string; key: string }): Promise<GrantRow | null> {
    return this.find(this.database, scope, owner, key);
  }

  /** As `findByKey`, with the key locked until the transaction ends. */
  async lockKey(tx: Tx, scope: Scope, { owner, key }: { owner: string; key: string }): Promise<GrantRow | null> {
    await tx.query(lockKey, [[scope.gameId, scope.environment, owner, key].join('\n')]);
    return this.find(tx, scope, owner, key);
  }

  private async find(tx: Tx, { gameId, environment }: Scope, owner: string, key: string): Promise<GrantRow | null> {
    const [row] = await tx.query<GrantRow>(findByKey, [gameId, environment, owner, key]);
    return row ?? null;
  }
}

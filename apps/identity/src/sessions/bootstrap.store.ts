import { Injectable } from '@nestjs/common';
import { Database, statement, type Tx } from '@kraty/platform/persistence';

/** Instances that start together take turns, so that only one of them makes the first member. */
const bootstrapLock = 'select pg_advisory_xact_lock(hashtext($1))';

const putToken = statement(
  'identity_bootstrap_put',
  `insert into bootstrap_token (id, token_hash, expires_at) values (1, $1, $2)
   on conflict (id) do update set token_hash = excluded.token_hash, expires_at = excluded.expires_at`,
);

const findToken = statement(
  'identity_bootstrap_find',
  `select token_hash as "tokenHash" from bootstrap_token where expires_at > $1`,
);

const deleteToken = statement('identity_bootstrap_delete', 'delete from bootstrap_token');

@Injectable()
export class BootstrapStore {
  constructor(private readonly database: Database) {}

  async takeTurn(tx: Tx): Promise<void> {
    await tx.query(bootstrapLock, ['kraty.identity.bootstrap']);
  }

  /** The token of a former start dies. */
  async putToken(tx: Tx, tokenHash: string, expiresAt: Date): Promise<void> {
    await tx.query(putToken, [tokenHash, expiresAt]);
  }

  async findToken(now: Date): Promise<string | null> {
    const [row] = await this.database.query<{ tokenHash: string }>(findToken, [now]);
    return row?.tokenHash ?? null;
  }

  async deleteToken(tx: Tx): Promise<void> {
    await tx.query(deleteToken, []);
  }
}

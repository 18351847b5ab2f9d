import type pg from 'pg';
import { breaksConnection } from './failures.js';
import type { Statement } from './statement.js';
import type { Tx } from './tx.js';

const noValues: readonly unknown[] = [];

/** A transaction on a connection of its own. */
export class ClientTx implements Tx {
  /** The connection answers no more, or answers what nobody asked: it must not go back to the pool. */
  isBroken = false;

  /** @param patienceMs how long this side waits for an answer, instead of the pool's bound */
  constructor(
    private readonly client: pg.PoolClient,
    private readonly patienceMs: number | undefined,
  ) {}

  async query<R = unknown>(statement: Statement | string, values?: readonly unknown[]): Promise<R[]> {
    try {
      return await runOn<R>(this.client, statement, values, this.patienceMs);
    } catch (error) {
      this.isBroken ||= breaksConnection(error);
      throw error;
    }
  }

  /** PostgreSQL answers a commit after a failed statement with ROLLBACK and no error: work that swallowed one is told. */
  async commit(): Promise<void> {
    const { command } = await this.client.query('commit').catch((error: unknown) => {
      this.isBroken ||= breaksConnection(error);
      throw error;
    });
    if (command !== 'COMMIT') throw new Error('a statement of the transaction failed, so it was not committed');
  }

  /** Never throws: what led here is what the caller wants to know. A closed connection rolls back by itself. */
  async rollBack(): Promise<void> {
    if (this.isBroken) return;
    await this.query('rollback').catch(() => (this.isBroken = true));
  }
}

/** A text without values goes as it is, and may then hold several statements. */
export async function runOn<R>(
  client: pg.PoolClient,
  statement: Statement | string,
  values: readonly unknown[] = noValues,
  patienceMs?: number,
): Promise<R[]> {
  const query = queryOf(statement, values);
  if (patienceMs !== undefined) query.query_timeout = patienceMs;
  return (await client.query(query)).rows as R[];
}

type Query = pg.QueryConfig & { query_timeout?: number };

function queryOf(statement: Statement | string, values: readonly unknown[]): Query {
  // The driver reads the values and never writes them.
  const given = values as unknown[];
  if (typeof statement === 'string') return { text: statement, values: given };
  return { name: statement.name, text: statement.text, values: given };
}

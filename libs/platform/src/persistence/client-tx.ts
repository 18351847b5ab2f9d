import type { Socket } from 'node:net';
import type pg from 'pg';
import { breaksConnection, isAftermath } from './failures.js';
import type { Statement } from './statement.js';
import type { Tx } from './tx.js';

const noValues: readonly unknown[] = [];

/** The socket of a connection, which the driver's types leave out. */
interface Wired {
  connection: { stream: Socket };
}

/** A transaction on a connection of its own. */
export class ClientTx implements Tx {
  /** The connection answers no more, or answers what nobody asked: it must not go back to the pool. */
  isBroken = false;
  /** Statements that nobody has waited for yet. */
  private readonly sent: Promise<void>[] = [];
  private failure: unknown;
  /** The first error of any statement. */
  private refusal: unknown;
  private isOver = false;

  /** @param patienceMs how long this side waits for an answer, instead of the pool's bound */
  constructor(
    private readonly client: pg.PoolClient,
    private readonly patienceMs: number | undefined,
  ) {}

  async query<R = unknown>(statement: Statement | string, values?: readonly unknown[]): Promise<R[]> {
    this.refuseWhenOver();
    return this.ask<R>(statement, values);
  }

  send(statement: Statement | string, values?: readonly unknown[]): void {
    this.refuseWhenOver();
    const query = queryOf(statement, values, this.patienceMs);
    const answered = new Promise<void>((resolve) => {
      // Not a promise of the driver's: values that cannot be sent must be known of before a commit is.
      const heard = (error: Error | null): void => {
        if (error !== null) this.keep(error);
        resolve();
      };
      this.together(() => this.client.query(query, heard));
    });
    this.sent.push(answered);
  }

  /**
   * PostgreSQL answers a commit after a failed statement with ROLLBACK and no error: work that swallowed one is told.
   *
   * @throws what a statement that was only sent has thrown
   */
  async commit(): Promise<void> {
    if (this.failure !== undefined) throw this.failure;
    this.isOver = true;
    const query = queryOf('commit', noValues, this.patienceMs);
    const committing = this.together(() => this.client.query(query)).catch((error: unknown) => {
      this.isBroken ||= breaksConnection(error);
      throw error;
    });
    const [{ command }] = await Promise.all([committing, ...this.sent]);
    if (this.failure !== undefined) throw this.failure;
    if (command !== 'COMMIT') throw new Error('a statement of the transaction failed, so it was not committed');
  }

  /** What is sent in one turn leaves in one packet: the server is woken once. */
  private together<T>(send: () => T): T {
    const { stream } = (this.client as unknown as Wired).connection;
    stream.cork();
    process.nextTick(() => stream.uncork());
    return send();
  }

  /** Never throws: what led here is what the caller wants to know. A closed connection rolls back by itself. */
  async rollBack(): Promise<void> {
    await Promise.all(this.sent);
    this.isOver = true;
    if (this.isBroken) return;
    await this.ask('rollback').catch(() => (this.isBroken = true));
  }

  private async ask<R>(statement: Statement | string, values?: readonly unknown[]): Promise<R[]> {
    try {
      return await this.together(() => runOn<R>(this.client, statement, values, this.patienceMs));
    } catch (error) {
      this.isBroken ||= breaksConnection(error);
      throw this.causeOf(error);
    }
  }

  private keep(error: Error): void {
    this.isBroken ||= breaksConnection(error);
    this.failure ??= this.causeOf(error);
  }

  /**
   * Behind a statement that has failed the server says no more than that one has; and of statements sent at once the later
   * error may be heard first, by whoever asked more directly.
   */
  private causeOf(error: unknown): unknown {
    if (isAftermath(error)) return this.refusal ?? error;
    this.refusal ??= error;
    return error;
  }

  /** Work that goes on after one of its parts has failed: what it asks for now would land in somebody else's transaction. */
  private refuseWhenOver(): void {
    if (this.isOver) throw new Error('the transaction is over');
  }
}

/** A text without values goes as it is, and may then hold several statements. */
export async function runOn<R>(
  client: pg.PoolClient,
  statement: Statement | string,
  values: readonly unknown[] = noValues,
  patienceMs?: number,
): Promise<R[]> {
  return (await client.query(queryOf(statement, values, patienceMs))).rows as R[];
}

type Query = pg.QueryConfig & { query_timeout?: number };

function queryOf(
  statement: Statement | string,
  values: readonly unknown[] = noValues,
  patienceMs: number | undefined = undefined,
): Query {
  // The driver reads the values and never writes them.
  const given = values as unknown[];
  const query: Query =
    typeof statement === 'string'
      ? { text: statement, values: given }
      : { name: statement.name, text: statement.text, values: given };
  if (patienceMs !== undefined) query.query_timeout = patienceMs;
  return query;
}

import pg from 'pg';
import { ClientTx, runOn } from './client-tx.js';
import { asFailure, breaksConnection, isWorthRepeating } from './failures.js';
import type { Statement } from './statement.js';
import type { Tx } from './tx.js';
import { types } from './types.js';

/** A statement that runs longer is ended: nobody waits for its answer any more. Milliseconds. */
const statementTimeoutMsDefault = 15_000;
/** The second of two twins waits this long for the first (01 §6.6). Milliseconds. */
const lockTimeoutMs = 10_000;
/** A transaction left open by a fault of ours may not hold its locks for ever. Milliseconds. */
const idleInTransactionTimeoutMs = 30_000;
/** A server that is gone without a word cannot end a statement; then this side does, so much later. Milliseconds. */
const silenceMs = 5_000;
const connectTimeoutMs = 5_000;
const idleTimeoutMs = 60_000;
const keepAliveAfterMs = 10_000;
/** Tries of a transaction that met a deadlock or a serialization failure. */
const transactionTriesMax = 3;
const retryPauseMsMax = 20;

export interface DatabaseOptions {
  url: string;
  /** Connections of this process. */
  poolMax: number;
  /** Shown in pg_stat_activity. */
  applicationName: string;
  /** Told about connections that broke while idle; the pool replaces them by itself. */
  onIdleError?: (error: Error) => void;
}

export interface TransactionOptions {
  /** Bound of each statement of this transaction, instead of 15 s. Milliseconds. */
  statementTimeoutMs?: number;
}

/** One service's schema on PostgreSQL: one pool, prepared statements, transactions that are an argument. */
export class Database implements Tx {
  readonly pool: pg.Pool;
  private closing: Promise<void> | undefined;

  constructor(options: DatabaseOptions) {
    this.pool = new pg.Pool({
      connectionString: options.url,
      max: options.poolMax,
      application_name: options.applicationName,
      connectionTimeoutMillis: connectTimeoutMs,
      idleTimeoutMillis: idleTimeoutMs,
      keepAlive: true,
      keepAliveInitialDelayMillis: keepAliveAfterMs,
      query_timeout: statementTimeoutMsDefault + silenceMs,
      statement_timeout: statementTimeoutMsDefault,
      lock_timeout: lockTimeoutMs,
      idle_in_transaction_session_timeout: idleInTransactionTimeoutMs,
      // Prisma's adapter reads and writes times without an offset.
      options: '-c timezone=UTC',
      types,
      // Statements of a transaction that do not need each other's answers travel together.
      pipeline: true,
    });
    this.pool.on('error', (error) => options.onIdleError?.(error));
    this.pool.on('connect', surviveLoss);
  }

  /** A statement in a transaction of its own. */
  async query<R = unknown>(statement: Statement | string, values?: readonly unknown[]): Promise<R[]> {
    // Not the pool's own `query`: it throws the connection away after every refusal, a unique key's as well.
    const client = await this.pool.connect();
    let broken = false;
    try {
      return await runOn<R>(client, statement, values);
    } catch (error) {
      broken = breaksConnection(error);
      throw asFailure(error);
    } finally {
      client.release(broken);
    }
  }

  /**
   * Runs `work` in one transaction, again from the start when the database says that it may succeed then. `work` must
   * therefore have no effect but through `tx`.
   *
   * @throws what `work` throws; 503 `busy` when a lock or a statement took too long
   */
  async transaction<T>(work: (tx: Tx) => Promise<T>, options: TransactionOptions = {}): Promise<T> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await this.transactOnce(work, options);
      } catch (error) {
        if (attempt >= transactionTriesMax || !isWorthRepeating(error)) throw asFailure(error);
        await pause(Math.random() * retryPauseMsMax * attempt);
      }
    }
  }

  /** Throws when the database does not answer. */
  async ping(): Promise<void> {
    await this.query('select 1');
  }

  /** Waits for what is in flight. */
  close(): Promise<void> {
    return (this.closing ??= this.pool.end());
  }

  private async transactOnce<T>(work: (tx: Tx) => Promise<T>, options: TransactionOptions): Promise<T> {
    const client = await this.pool.connect();
    const tx = new ClientTx(client, patienceMs(options));
    try {
      tx.send(opening(options));
      const result = await work(tx);
      await tx.commit();
      return result;
    } catch (error) {
      await tx.rollBack();
      throw error;
    } finally {
      client.release(tx.isBroken);
    }
  }
}

/** While a connection is lent out the pool does not listen to it, and an `error` nobody hears ends the process. */
function surviveLoss(client: pg.PoolClient): void {
  client.on('error', () => undefined);
}

function opening({ statementTimeoutMs }: TransactionOptions): string {
  if (statementTimeoutMs === undefined) return 'begin';
  return `begin; set local statement_timeout = ${Math.round(statementTimeoutMs)}`;
}

function patienceMs({ statementTimeoutMs }: TransactionOptions): number | undefined {
  return statementTimeoutMs === undefined ? undefined : statementTimeoutMs + silenceMs;
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

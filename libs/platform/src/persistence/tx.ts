import type { Statement } from './statement.js';

/** Where a statement runs: a transaction, handed on as an argument and never ambient. */
export interface Tx {
  /** Rows of a prepared statement, or of a text that is run once. */
  query<R = unknown>(statement: Statement | string, values?: readonly unknown[]): Promise<R[]>;
}

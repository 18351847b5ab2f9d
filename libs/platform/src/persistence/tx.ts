import type { Statement } from './statement.js';

/** Where a statement runs: a transaction, handed on as an argument and never ambient. */
export interface Tx {
  /** Rows of a prepared statement, or of a text that is run once. */
  query<R = unknown>(statement: Statement | string, values?: readonly unknown[]): Promise<R[]>;

  /** Of a transaction: sends a statement and does not wait for it. What it throws is thrown by whatever is waited for next. */
  send?(statement: Statement | string, values?: readonly unknown[]): void;
}

/**
 * Runs a statement whose rows nobody reads. In a transaction the next statement, or the commit, follows on its heels
 * instead of a round trip later; outside of one it is waited for.
 */
export async function run(tx: Tx, statement: Statement | string, values?: readonly unknown[]): Promise<void> {
  if (tx.send) return tx.send(statement, values);
  await tx.query(statement, values);
}

import { types } from 'node:util';

/** SQLSTATE of a server that cannot be reached, shuts down, starts up or has no connection to spare. */
const awaySqlState = /^(08...|57P0[1-3]|53300)$/;
const awaySystemCodes = new Set(['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND', 'EAI_AGAIN']);
const awayMessages = [
  /^Connection terminated/,
  /^timeout exceeded when trying to connect/,
  /^Client (has encountered a connection error|was closed)/,
  /^timeout expired/,
  /^Connection is closed/,
  /^Stream isn't writeable/,
  /^Reached the max retries per request/,
];

/**
 * True when the store behind a handler is away, as opposed to a query that failed. Every fact would fail now, and none
 * can be parked either, so the consumer waits with what it has instead of using up its deliveries.
 */
export function isOutage(error: unknown): boolean {
  // Not `instanceof`: errors of Node's own modules belong to another realm in some runners.
  if (!types.isNativeError(error)) return false;
  const { code, cause, message } = error as Error & { code?: unknown };
  if (typeof code === 'string' && (awaySqlState.test(code) || awaySystemCodes.has(code))) return true;
  if (awayMessages.some((pattern) => pattern.test(message))) return true;
  return cause !== undefined && cause !== error && isOutage(cause);
}

import { busy } from '../errors/index.js';

/** A prepared statement's result has changed its shape under a migration; only a new connection forgets the old one. */
const stalePlanMessage = 'cached plan must not change result type';

/** SQLSTATE of a rejected statement, or undefined for every other error. */
export function sqlState(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined;
  return typeof error.code === 'string' && /^[0-9A-Z]{5}$/.test(error.code) ? error.code : undefined;
}

/** Serialization failure, deadlock and a plan that a migration made stale: the same may well succeed the next time. */
export function isWorthRepeating(error: unknown): boolean {
  const state = sqlState(error);
  return state === '40001' || state === '40P01' || isStalePlan(error);
}

/** A statement was refused because another one of its transaction had failed before. */
export function isAftermath(error: unknown): boolean {
  return sqlState(error) === '25P02';
}

/** True when the connection cannot be used for anything else: it is lost, or out of step with the server. */
export function breaksConnection(error: unknown): boolean {
  const state = sqlState(error);
  return state === undefined || state.startsWith('08') || state.startsWith('57P') || isStalePlan(error);
}

/** Lock and statement time-outs are told as "busy"; everything else stays what it is. */
export function asFailure(error: unknown): unknown {
  const state = sqlState(error);
  return state === '55P03' || state === '57014' ? busy('busy', error) : error;
}

function isStalePlan(error: unknown): boolean {
  return sqlState(error) === '0A000' && error instanceof Error && error.message === stalePlanMessage;
}

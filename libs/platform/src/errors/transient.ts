/** SQLSTATE classes and codes that say "not now" rather than "never". */
const transientSqlStates = /^(08...|53...|57P0[1-5]|57014|55P03|40001|40P01|25P0[34])$/;
const transientPrismaCodes = new Set(['P1001', 'P1002', 'P1008', 'P1017', 'P2024', 'P2028', 'P2034']);
const transientSystemCodes = new Set([
  ...['ECONNREFUSED', 'ECONNRESET', 'ECONNABORTED', 'EPIPE', 'ETIMEDOUT'],
  ...['EHOSTUNREACH', 'EHOSTDOWN', 'ENETUNREACH', 'ENETDOWN', 'ENOTFOUND', 'EAI_AGAIN'],
]);
/** Drivers that throw plain errors without a code. */
const transientMessages = [
  /^Connection terminated/,
  /^Client (has encountered a connection error|was closed)/,
  /^Cannot use a pool after calling end/,
  /^timeout expired/,
  /^timeout exceeded when trying to connect/,
  /^Query read timeout/,
  /^Connection is closed/,
  /^Command timed out/,
  /^Stream isn't writeable/,
  /^Reached the max retries per request/,
];

/** Errors wrapped deeper than this are nobody's network failure. */
const CAUSE_DEPTH_MAX = 4;

/** True when PostgreSQL, Redis or the network could not serve us now, so that the same call may succeed later. */
export function isTransient(error: unknown, depth = 0): boolean {
  if (typeof error !== 'object' || error === null || depth > CAUSE_DEPTH_MAX) return false;
  // `originalCode`: where Prisma's driver adapter keeps the SQLSTATE.
  const { code, originalCode, message, cause } = error as Record<string, unknown>;
  if (isTransientCode(code) || isTransientCode(originalCode)) return true;
  if (typeof message === 'string' && transientMessages.some((pattern) => pattern.test(message))) return true;
  return isTransient(cause, depth + 1);
}

function isTransientCode(code: unknown): boolean {
  if (typeof code !== 'string') return false;
  return transientSqlStates.test(code) || transientPrismaCodes.has(code) || transientSystemCodes.has(code);
}

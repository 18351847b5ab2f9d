/** The ledger itself, against what its player was told and what the API reads. */

import { compareAmounts, resourceOf } from './holdings.mjs';
import { changeOf } from './memory.mjs';

const GRANT = 'grant:';

/** @typedef {import('./memory.mjs').Memory} Memory */
/** @typedef {import('./holdings.mjs').Amounts} Amounts */
/** @typedef {{ type: import('./holdings.mjs').ResourceType, key: string, delta: number, operationId: string, idempotencyKey: string | null }} LedgerRow */

/** @param {LedgerRow[]} rows of one player @param {Amounts} read */
export function compareSums(rows, read) {
  return compareAmounts(summed(rows), read);
}

/**
 * Every claim and every spend is there once and in full, and nothing else of their kind.
 * @param {LedgerRow[]} rows of one player @param {Memory} memory
 * @returns {{ compared: number, differences: string[] }}
 */
export function compareOperations(rows, memory) {
  const claims = compareDeposits(rows, memory);
  const spends = compareSpends(rows, memory);
  const doubles = doubled(rows);
  return {
    compared:
      memory.claimed.size + memory.spent.length + claims.invented.length + spends.invented.length + doubles.length,
    differences: [...claims.wrong, ...claims.invented, ...spends.wrong, ...spends.invented, ...doubles],
  };
}

/** @param {LedgerRow[]} rows @param {Memory} memory */
function compareDeposits(rows, { claimed }) {
  const deposits = rows.filter(({ operationId }) => operationId.startsWith(GRANT));
  const wrong = [...claimed.values()].flatMap(({ id, contents }) => {
    const own = deposits.filter(({ operationId }) => operationId === GRANT + id);
    const { differences } = compareAmounts(summed(contents.entries.flatMap(changeOf)), summed(own));
    return differences.length === 0 ? [] : [`the deposit of the grant ${id}: ${differences.join(', ')}`];
  });
  const invented = new Set(
    deposits.map(({ operationId }) => operationId.slice(GRANT.length)).filter((id) => !claimed.has(id)),
  );
  return { wrong, invented: [...invented].map((id) => `a deposit of the grant ${id}, which was never claimed`) };
}

/** @param {LedgerRow[]} rows @param {Memory} memory */
function compareSpends(rows, { spent }) {
  const withKey = rows.filter(({ idempotencyKey, delta }) => idempotencyKey !== null && delta < 0);
  const nameOf = (/** @type {{ type: string, key: string, idempotencyKey: string | null, amount: number }} */ one) =>
    `${one.amount} ${one.key} under ${one.idempotencyKey}`;
  const told = spent.map(nameOf);
  const held = withKey.map((row) => nameOf({ ...row, amount: -row.delta }));
  const wrong = told.flatMap((name) => {
    const count = held.filter((one) => one === name).length;
    return count === 1 ? [] : [`the spend of ${name} is in the ledger ${count} times`];
  });
  const invented = held
    .filter((name) => !told.includes(name))
    .map((name) => `a spend of ${name}, which nobody was told of`);
  return { wrong, invented };
}

/** @param {LedgerRow[]} rows @returns {string[]} */
function doubled(rows) {
  /** @type {Map<string, number>} */
  const counts = new Map();
  for (const { operationId, type, key } of rows) {
    const name = `${operationId} of ${resourceOf(type, key)}`;
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return [...counts].filter(([, count]) => count > 1).map(([name, count]) => `${count} rows of the operation ${name}`);
}

/** @param {import('./holdings.mjs').Change[]} changes @returns {Amounts} */
function summed(changes) {
  /** @type {Amounts} */
  const sums = new Map();
  for (const { type, key, delta } of changes) {
    const resource = resourceOf(type, key);
    sums.set(resource, (sums.get(resource) ?? 0) + delta);
  }
  return sums;
}

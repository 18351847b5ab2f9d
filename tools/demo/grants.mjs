/** Whether the grants that are there are those that were told: one for each completed attempt, claimed as claimed. */

import { isDeepStrictEqual } from 'node:util';

const COMPLETION = 'event_completion';

/** @typedef {import('./memory.mjs').Memory} Memory */
/** @typedef {import('./memory.mjs').Grant} Grant */

/**
 * @param {Memory} memory
 * @param {Grant[]} pending as read at the end
 * @returns {{ compared: number, differences: string[] }}
 */
export function compareCompletions(memory, pending) {
  const grants = [...memory.claimed.values(), ...pending].filter(({ sourceKind }) => sourceKind === COMPLETION);
  /** @type {Map<string | null, number>} */
  const counts = new Map();
  for (const { sourceRefId } of grants) counts.set(sourceRefId, (counts.get(sourceRefId) ?? 0) + 1);
  const owed = [...memory.attempts.values()].filter(({ pays, status }) => pays && status === 'completed');
  const wrong = owed.flatMap(({ id, eventKey }) => {
    const count = counts.get(id) ?? 0;
    return count === 1 ? [] : [`the completed attempt ${id} at ${eventKey} has ${count} grants`];
  });
  const invented = grants
    .filter(({ sourceRefId }) => !memory.attempts.has(sourceRefId ?? ''))
    .map(({ id, sourceRefId }) => `the grant ${id} is for an attempt that nobody was told of: ${sourceRefId}`);
  return { compared: owed.length + invented.length, differences: [...wrong, ...invented] };
}

/**
 * @param {Memory} memory
 * @param {{ pending: Grant[], again: Map<string, Grant>, isAtHome: boolean }} read again: what a further claim answered;
 *   isAtHome: the player left after claiming all
 */
export function compareClaims({ claimed, attempts }, { pending, again, isAtHome }) {
  const changed = [...claimed.values()]
    .filter((grant) => !isDeepStrictEqual(again.get(grant.id), grant))
    .map(({ id }) => `the claimed grant ${id} now reads ${JSON.stringify(again.get(id))}`);
  const twice = pending.filter(({ id }) => claimed.has(id)).map(({ id }) => `the claimed grant ${id} is pending`);
  const own = pending.filter(({ kind, sourceRefId }) => kind === 'reward' && attempts.has(sourceRefId ?? ''));
  const left = isAtHome ? own.map(({ id }) => `the grant ${id} is left, although all were claimed`) : [];
  const differences = [...changed, ...twice, ...left];
  return { compared: claimed.size + twice.length + left.length, differences };
}

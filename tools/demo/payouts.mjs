/** What the run paid out, by event. */

import { changeOf } from './memory.mjs';

/**
 * @typedef {object} Payout
 * @property {string} event
 * @property {number} attempts
 * @property {number} completed
 * @property {number} claimed grants
 * @property {number} waiting grants of those who left
 * @property {Map<string, number>} amounts claimed, by resource
 */

/** @param {import('./final-reads.mjs').FinalRead[]} reads @returns {Payout[]} most attempts first */
export function payoutsOf(reads) {
  /** @type {Map<string, Payout>} */
  const payouts = new Map();
  for (const { player, pending } of reads) {
    const { attempts, claimed } = player.memory;
    for (const { eventKey, status } of attempts.values()) {
      const payout = of(payouts, eventKey);
      payout.attempts += 1;
      if (status === 'completed') payout.completed += 1;
    }
    const eventOf = (/** @type {import('./memory.mjs').Grant} */ { sourceRefId, sourceKind }) =>
      attempts.get(sourceRefId ?? '')?.eventKey ?? sourceKind;
    for (const grant of pending) of(payouts, eventOf(grant)).waiting += 1;
    for (const grant of claimed.values()) addClaim(of(payouts, eventOf(grant)), grant);
  }
  return [...payouts.values()].toSorted((a, b) => b.attempts - a.attempts || (a.event < b.event ? -1 : 1));
}

/** @param {Payout} payout @param {import('./memory.mjs').Grant} grant */
function addClaim(payout, { contents }) {
  payout.claimed += 1;
  for (const { key, delta } of contents.entries.flatMap(changeOf)) {
    payout.amounts.set(key, (payout.amounts.get(key) ?? 0) + delta);
  }
}

/** @param {Map<string, Payout>} payouts @param {string} event */
function of(payouts, event) {
  const payout = payouts.get(event) ?? { event, attempts: 0, completed: 0, claimed: 0, waiting: 0, amounts: new Map() };
  payouts.set(event, payout);
  return payout;
}

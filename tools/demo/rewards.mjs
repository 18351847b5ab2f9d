/** Grants that wait are claimed, now and then twice at once; what they hold becomes the player's. */

import { setTimeout as pause } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';

/** README §4: an effect may be late while a part is down, and follows then. */
const LATE_TRIES_MAX = 50;
const LATE_PAUSE_MS = 100;
const TWICE_SHARE = 0.4;

/** @typedef {import('./player.mjs').Player} Player */
/** @typedef {import('./memory.mjs').Grant} Grant */

/** @param {Player} player */
export async function claimAll(player) {
  for (const grant of await pendingWithOwed(player)) {
    if (grant.kind === 'reward') await claim(player, grant);
  }
}

/** @param {Player} player @returns {Promise<Grant[]>} those that wait, once every completed attempt has its own */
async function pendingWithOwed(player) {
  for (let tries = 1; ; tries += 1) {
    /** @type {Grant[]} */
    const pending = (await player.read('/pending-grants?limit=200')) ?? [];
    const [late] = missing(player, pending);
    if (late === undefined) return pending;
    if (tries === 1) player.did('grants that came late');
    if (tries < LATE_TRIES_MAX) {
      await pause(LATE_PAUSE_MS);
      continue;
    }
    player.expect('grants', false, () => `no grant came for the completed attempt ${late}`);
    return pending;
  }
}

/** @param {Player} player @param {Grant[]} pending @returns {string[]} attempts that were told completed and have no grant */
function missing({ memory }, pending) {
  const paid = new Set([...pending, ...memory.claimed.values()].map(({ sourceRefId }) => sourceRefId));
  const owed = [...memory.attempts.values()].filter(({ status, pays }) => pays && status === 'completed');
  return owed.map(({ id }) => id).filter((id) => !paid.has(id));
}

/** @param {Player} player @param {Grant} grant */
async function claim(player, grant) {
  const rest = `/grants/${grant.id}/claim`;
  const send = () => player.client.call(player.writing(rest, { idempotencyKey: player.nextKey() }));
  const twice = player.random.chance(TWICE_SHARE);
  const [answer, other] = await Promise.all(twice ? [send(), send()] : [send()]);
  if (answer === undefined || answer.status !== 200) {
    if (answer) player.refused(player.writing(rest, {}), answer, 'expected 200');
    return;
  }
  if (other) {
    player.did('claims twice at once');
    player.expect('replays', isDeepStrictEqual(answer.data, other.data), () => `${answer.text} and ${other.text}`);
  }
  player.did('grants claimed');
  player.expect('claims', isClaimOf(grant, answer.data), () => `${JSON.stringify(grant)} became ${answer.text}`);
  player.memory.claimed.set(grant.id, answer.data);
  player.town.showGrant(grant.id);
}

/** @param {Grant} pending @param {any} claimed */
function isClaimOf(pending, claimed) {
  const { claimedAt } = claimed;
  const expected = { ...pending, status: 'claimed', claimedAt, ackedBy: 'sdk' };
  return typeof claimedAt === 'string' && isDeepStrictEqual(claimed, expected);
}

/** What a player reads between attempts: which events are open, and what the catalog says. */

import { isDeepStrictEqual } from 'node:util';
import { plainName } from './style.mjs';

const CATALOG_SHARE = 0.1;

/** @typedef {import('./player.mjs').Player} Player */
/** @typedef {import('./playing.mjs').Event} Event */

/** @param {Player} player @returns {Promise<Event | undefined>} one in which an attempt may be left */
export async function chooseEvent(player) {
  const { random, memory } = player;
  if (random.chance(CATALOG_SHARE)) await readCatalog(player);
  const listed = await player.read('/events?status=active');
  if (listed === undefined) return undefined;
  for (const event of listed) expectCurrent(player, event);
  const open = listed.filter((/** @type {any} */ { windowId }) => !memory.exhausted.has(windowId));
  if (open.length === 0) return undefined;
  const event = random.pick(open);
  player.town.nameEvent(event.eventKey, plainName(event.name, event.eventKey));
  return { ...event, pays: paysOnCompletion(event.rewardPolicy) };
}

/** A client goes on with what the listing names; so it must be what the player knows. @param {Player} player @param {any} event */
function expectCurrent(player, { eventKey, windowId, currentAttemptId }) {
  const own = [...player.memory.attempts.values()].filter((attempt) => attempt.windowId === windowId);
  const running = own.find((attempt) => attempt.status === 'in_progress' && !isOver(attempt));
  player.expect('reads', currentAttemptId === (running?.id ?? null), () => {
    return `${eventKey} is listed with attempt ${currentAttemptId}, and the one under way is ${running?.id ?? 'none'}`;
  });
}

/** @param {{ endsAt: string }} attempt */
function isOver({ endsAt }) {
  return Date.parse(endsAt) <= Date.now();
}

/** @param {any} policy of the listing */
export function paysOnCompletion({ type, bundle }) {
  return type === 'fixed_bundle' && bundle !== null && bundle.entries.length + bundle.randomEntries > 0;
}

/** @param {Player} player */
async function readCatalog({ client, findings, name }) {
  const call = { method: 'GET', path: '/catalog' };
  const [one, other] = await Promise.all([client.call(call), client.call(call)]);
  const holds = one.status === 200 && Array.isArray(one.data?.items) && isDeepStrictEqual(one.data, other.data);
  findings.expect('documented', holds, () => `${name}: GET /catalog answered ${one.status} ${one.text}`);
}

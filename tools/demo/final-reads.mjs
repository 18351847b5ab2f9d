/** What the API says of one player when everything is over. */

import { readHoldings } from './holdings.mjs';

/** @typedef {import('./player.mjs').Player} Player */
/** @typedef {import('./memory.mjs').Grant} Grant */

/**
 * @typedef {object} FinalRead
 * @property {Player} player
 * @property {import('./holdings.mjs').Amounts} holdings
 * @property {Grant[]} pending
 * @property {Map<string, Grant>} again what a further claim of each claimed grant answered
 * @property {Map<string, number | null>} scores by board
 */

/** @param {Player} player @returns {Promise<FinalRead>} */
export async function readFinally(player) {
  const [wallet, inventory, pending] = await Promise.all([
    player.read('/wallet'),
    player.read('/inventory'),
    player.read('/pending-grants?limit=200'),
  ]);
  return {
    player,
    holdings: readHoldings(wallet?.wallet ?? [], inventory?.items ?? []),
    pending: pending ?? [],
    again: await claimAgain(player),
    scores: await scoresOf(player),
  };
}

/** A claim of what is claimed reads it and changes nothing (02 §6.1). @param {Player} player */
async function claimAgain(player) {
  /** @type {Map<string, Grant>} */
  const again = new Map();
  for (const id of player.memory.claimed.keys()) {
    const answer = await player.client.call(player.writing(`/grants/${id}/claim`, {}));
    if (answer.status === 200) again.set(id, answer.data);
  }
  return again;
}

/** @param {Player} player */
async function scoresOf({ client, memory, name }) {
  /** @type {Map<string, number | null>} */
  const scores = new Map();
  for (const board of memory.boards) {
    const query = `limit=1&includeSelf=true&externalId=${encodeURIComponent(name)}`;
    const answer = await client.call({ method: 'GET', path: `/leaderboards/${board}?${query}` });
    scores.set(board, answer.data?.self?.score ?? null);
  }
  return scores;
}

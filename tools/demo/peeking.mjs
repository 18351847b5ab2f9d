/** A look at the board right after a report: the row must show it (01 §14). */

import { setTimeout as pause } from 'node:timers/promises';
import { isExplained } from './board-rule.mjs';

const TOP = 10;
/** README §4: what is late while a part is slow or down follows by itself. */
const LATE_TRIES_MAX = 50;
const LATE_PAUSE_MS = 100;

/** @typedef {import('./player.mjs').Player} Player */

/** @param {Player} player @param {string} leaderboardId */
export async function peek(player, leaderboardId) {
  const family = player.random.pick(['leaderboards', 'event-leaderboards']);
  const query = `limit=${TOP}&includeSelf=true&externalId=${encodeURIComponent(player.name)}`;
  const call = { method: 'GET', path: `/${family}/${leaderboardId}?${query}` };
  const told = player.memory.scoresOn(leaderboardId);
  for (let tries = 1; ; tries += 1) {
    const answer = await player.client.call(call);
    if (answer.status !== 200) return player.refused(call, answer, 'expected 200');
    const { self, entries } = answer.data;
    expectRow(player, self, entries);
    const shows = self !== null && isExplained(told, self.score);
    if (!shows && tries === 1) player.did('reads that lagged behind');
    if (!shows && tries < LATE_TRIES_MAX) {
      await pause(LATE_PAUSE_MS);
      continue;
    }
    player.expect('reads', shows, () => `after ${told.at(-1)?.score} the board shows ${JSON.stringify(self)}`);
    return;
  }
}

/** The two places of one answer that tell of the caller. @param {Player} player @param {{ rank: number, score: number } | null} self @param {any[]} entries */
function expectRow(player, self, entries) {
  const row = entries.find((entry) => entry.isSelf);
  const isInTop = self !== null && self.rank <= TOP;
  const agrees = isInTop ? row?.rank === self.rank && row.score === self.score : row === undefined;
  player.expect('reads', agrees, () => `self is ${JSON.stringify(self)}, its row ${JSON.stringify(row)}`);
}

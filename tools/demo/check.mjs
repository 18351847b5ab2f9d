/** Whether what the players were told is what is stored: read through the API, and in the ledger itself. */

import { setTimeout as pause } from 'node:timers/promises';
import { ruleOf } from './board-rule.mjs';
import { NoAnswer } from './client.mjs';
import { readFinally } from './final-reads.mjs';
import { compareClaims, compareCompletions } from './grants.mjs';
import { compareAmounts, expectedHoldings } from './holdings.mjs';
import { compareOperations, compareSums } from './ledger.mjs';
import { ledgerRows } from './ledger-rows.mjs';

const READERS = 16;
/** The stream is told after the boards; what is under way then is soon there. */
const STREAM_TRIES_MAX = 50;
const STREAM_PAUSE_MS = 100;

/** @typedef {import('./player.mjs').Player} Player */
/** @typedef {import('./final-reads.mjs').FinalRead} FinalRead */
/** @typedef {import('./findings.mjs').Findings} Findings */
/** @typedef {import('./spectator.mjs').Spectator} Spectator */

/** @param {Player[]} players @param {(done: number) => void} onDone @returns {Promise<FinalRead[]>} of those whose calls were all answered */
export async function readAll(players, onDone) {
  const waiting = players.filter(({ memory }) => !memory.uncertain && memory.opening !== undefined);
  /** @type {FinalRead[]} */
  const reads = [];
  let done = 0;
  const reader = async () => {
    for (let player = waiting.shift(); player; player = waiting.shift()) {
      const read = await readFinally(player).catch((error) => notRead(player, error));
      if (read) reads.push(read);
      onDone((done += 1));
    }
  };
  await Promise.all(Array.from({ length: READERS }, reader));
  return reads;
}

/** @param {Player} player @param {unknown} error */
function notRead(player, error) {
  if (!(error instanceof NoAnswer)) throw error;
  player.expect('answered', false, () => error.message);
}

/** @param {FinalRead[]} reads @param {Findings} findings */
export function checkPlayers(reads, findings) {
  for (const { player, holdings, pending, again } of reads) {
    const { memory, name, hasDroppedOut } = player;
    const expected = expectedHoldings(memory.opening ?? new Map(), memory.changes);
    note(findings, 'holdings', name, compareAmounts(expected, holdings));
    note(findings, 'grants', name, compareCompletions(memory, pending));
    note(findings, 'claims', name, compareClaims(memory, { pending, again, isAtHome: !hasDroppedOut }));
  }
}

/** @param {FinalRead[]} reads @param {Findings} findings */
export function checkBoards(reads, findings) {
  for (const [board, rows] of rowsByBoard(reads)) {
    const { rule, wrong } = ruleOf(rows);
    const differences = wrong.map(({ name, score, told }) => {
      const scores = told.map((one) => one.score).join(', ');
      return `${name} was told ${scores || 'nothing'} and stands at ${score} on the board ${board} (${rule})`;
    });
    findings.compare('boards', rows.length, differences);
  }
}

/** @param {FinalRead[]} reads */
function rowsByBoard(reads) {
  /** @type {Map<string, { name: string, told: import('./board-rule.mjs').ScoreTold[], score: number | null }[]>} */
  const boards = new Map();
  for (const { player, scores } of reads) {
    for (const [board, score] of scores) {
      const row = { name: player.name, told: player.memory.scoresOn(board), score };
      boards.set(board, [...(boards.get(board) ?? []), row]);
    }
  }
  return boards;
}

/** @param {Spectator[]} spectators @param {FinalRead[]} reads @param {Findings} findings */
export async function checkSpectators(spectators, reads, findings) {
  for (const spectator of spectators) {
    const { leaderboardId, readyMs } = spectator;
    findings.expect('spectators', readyMs < Infinity, () => `the stream of ${leaderboardId} is not open at the end`);
    let result = compareSeen(spectator, reads);
    for (let tries = 1; result.differences.length > 0 && tries < STREAM_TRIES_MAX; tries += 1) {
      await pause(STREAM_PAUSE_MS);
      result = compareSeen(spectator, reads);
    }
    findings.compare('spectators', result.compared, result.differences);
  }
}

/** @param {Spectator} spectator @param {FinalRead[]} reads */
function compareSeen({ leaderboardId, seen, readyMs }, reads) {
  const rows = reads.flatMap(({ player: { memory, name }, scores }) => {
    const mustBeSeen = (memory.lastReportMs.get(leaderboardId) ?? -Infinity) > readyMs;
    const last = seen.get(memory.playerId);
    return last === undefined && !mustBeSeen ? [] : [{ name, last, score: scores.get(leaderboardId) }];
  });
  const differences = rows
    .filter(({ last, score }) => last !== score)
    .map(
      ({ name, last, score }) =>
        `${name} was last seen with ${last} on the stream of ${leaderboardId}, which shows ${score}`,
    );
  return { compared: rows.length, differences };
}

/**
 * @param {{ ledgerUrl: string | undefined, gameId: string, environment: string }} where
 * @param {FinalRead[]} reads @param {Findings} findings
 * @returns {Promise<string | undefined>} why it could not be compared
 */
export async function checkLedger({ ledgerUrl, ...scope }, reads, findings) {
  if (ledgerUrl === undefined) return 'its database is not known here';
  /** @type {Map<string, import('./ledger.mjs').LedgerRow[]>} */
  let rows;
  try {
    rows = await ledgerRows(
      ledgerUrl,
      scope,
      reads.map(({ player }) => player.memory.playerId),
    );
  } catch (error) {
    return /** @type {Error} */ (error).message;
  }
  for (const { player, holdings } of reads) {
    const own = rows.get(player.memory.playerId) ?? [];
    note(findings, 'sums', player.name, compareSums(own, holdings));
    note(findings, 'operations', player.name, compareOperations(own, player.memory));
  }
  return undefined;
}

/** @param {Findings} findings @param {import('./findings.mjs').Check} check @param {string} name @param {{ compared: number, differences: string[] }} result */
function note(findings, check, name, { compared, differences }) {
  findings.compare(
    check,
    compared,
    differences.map((difference) => `${name}: ${difference}`),
  );
}

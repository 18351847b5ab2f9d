/** One run: players come over time, play until the time is over, and then everything is compared. */

import { randomBytes } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import { checkBoards, checkLedger, checkPlayers, checkSpectators, readAll } from './check.mjs';
import { Client } from './client.mjs';
import { notRunning } from './connection.mjs';
import { Findings } from './findings.mjs';
import { Http } from './http.mjs';
import { live } from './life.mjs';
import { Player } from './player.mjs';
import { ProgressBar } from './progress-bar.mjs';
import { Random } from './random.mjs';
import { Spectator } from './spectator.mjs';
import { Statistics } from './statistics.mjs';
import { counted, plainName } from './style.mjs';
import { Town } from './town.mjs';

/** All have come when so much of the time has passed. */
const JOINING_SHARE = 0.5;
const SPECTATORS = 3;
const RUN_ID_BYTES = 3;
const RATE_OVER_MS = 2_000;

/** @typedef {import('./options.mjs').Options} Options */
/** @typedef {import('./connection.mjs').Connection} Connection */
/** @typedef {{ town: Town, reads: import('./final-reads.mjs').FinalRead[], players: Player[], noLedger: string | undefined, playedSeconds: number, close: () => void }} Played */

/**
 * @param {Options} options @param {Connection} connection
 * @param {{ signal: AbortSignal, say: (line: string) => void }} how signal: everybody goes home at once
 * @returns {Promise<Played>}
 */
export async function play(options, connection, { signal, say }) {
  const http = new Http(connection.baseUrl);
  const statistics = new Statistics();
  const client = new Client(http, connection.clientKey, statistics);
  const findings = new Findings();
  await assertRunning(http, connection);
  const town = new Town({ client, statistics, findings, signal });
  const runId = randomBytes(RUN_ID_BYTES).toString('hex');
  const players = playersOf(options, runId, town);
  say(
    `  ${counted(players.length, 'player')} for ${options.seconds} s on ${connection.baseUrl}, ${options.environment} environment, run ${runId}, seed ${options.seed}`,
  );
  const spectators = await seatSpectators(client, runId);
  const watching = spectators.map((spectator) => spectator.watch());
  const playedSeconds = await playAll(players, town, options.seconds);
  const { reads, noLedger } = await compareAll({ players, spectators, town, connection, options });
  for (const spectator of spectators) {
    statistics.did('frames seen by spectators', spectator.frames);
    spectator.close();
  }
  await Promise.all(watching);
  return { town, reads, players, noLedger, playedSeconds, close: () => http.close() };
}

/** @param {Http} http @param {Connection} connection */
async function assertRunning(http, { baseUrl, clientKey }) {
  const headers = { authorization: `Bearer ${clientKey}` };
  const reply = await http.send({ method: 'GET', path: '/sdk/v1/ping', headers }).catch(() => undefined);
  if (reply === undefined) throw notRunning(baseUrl);
  if (reply.status !== 200) throw new Error(`${baseUrl} does not know the client key: ${reply.status} ${reply.text}`);
}

/** @param {Options} options @param {string} runId @param {Town} town */
function playersOf({ players, seed }, runId, town) {
  const digits = String(players).length;
  return Array.from({ length: players }, (_, index) => {
    const name = String(index + 1).padStart(digits, '0');
    return new Player(`demo-${runId}-${name}`, new Random(seed).fork(`player ${name}`), town);
  });
}

/** @param {Client} client @param {string} runId @returns {Promise<Spectator[]>} */
async function seatSpectators(client, runId) {
  const { data } = await client.call({ method: 'GET', path: `/players/demo-${runId}-spectator/events` });
  const boards = (data ?? []).map((/** @type {any} */ event) => event.leaderboardId).filter(Boolean);
  return boards.slice(0, SPECTATORS).map((/** @type {string} */ board) => new Spectator(board, client));
}

/** @param {Player[]} players @param {Town} town @param {number} seconds @returns {Promise<number>} how long it took */
async function playAll(players, town, seconds) {
  const beganMs = performance.now();
  town.open(seconds * 1_000);
  let joined = 0;
  let left = 0;
  const lives = players.map(async (player, index) => {
    const wait = town.leftMs * JOINING_SHARE * ((index + player.random.next()) / players.length);
    await pause(wait, undefined, { signal: town.signal }).catch(() => undefined);
    joined += 1;
    await live(player);
    left += 1;
  });
  const rate = rateOf(() => town.statistics.calls);
  const shown = new ProgressBar(() => {
    const passed = (performance.now() - beganMs) / 1_000;
    const share = left === players.length ? 1 : Math.min(1, passed / seconds);
    const { calls, deeds } = counts(town);
    return {
      share,
      text: `${passed.toFixed(0)} s  ${joined - left} playing  ${counted(calls, 'call')}  ${rate()}/s  ${deeds}`,
    };
  });
  await Promise.all(lives).finally(() => shown.end());
  return (performance.now() - beganMs) / 1_000;
}

/** @param {Town} town */
function counts({ statistics, findings }) {
  const deeds = ['completed', 'grants claimed'].map((deed) => `${statistics.times(deed)} ${deed}`).join('  ');
  const failed = findings.failed > 0 ? `  ${findings.failed} WRONG` : '';
  return { calls: statistics.calls, deeds: deeds + failed };
}

/** @param {() => number} total @returns {() => number} a second, over the last moments or since it was last asked */
function rateOf(total) {
  const taken = () => ({ atMs: performance.now(), value: total() });
  let samples = [taken()];
  return () => {
    const now = taken();
    const recent = samples.filter(({ atMs }) => now.atMs - atMs <= RATE_OVER_MS);
    samples = [...(recent.length > 0 ? recent : samples.slice(-1)), now];
    const [first = now] = samples;
    const passedMs = now.atMs - first.atMs;
    return passedMs === 0 ? 0 : Math.round(((now.value - first.value) / passedMs) * 1_000);
  };
}

/** @param {{ players: Player[], spectators: Spectator[], town: Town, connection: Connection, options: Options }} all */
async function compareAll({ players, spectators, town, connection, options }) {
  let done = 0;
  const shown = new ProgressBar(() => ({
    share: done / players.length,
    text: `comparing what ${done} of ${players.length} players were told`,
  }));
  const reads = await readAll(players, (count) => (done = count)).finally(() => shown.end());
  checkPlayers(reads, town.findings);
  checkBoards(reads, town.findings);
  await checkSpectators(spectators, reads, town.findings);
  const { ledgerUrl, gameId } = connection;
  const noLedger = await checkLedger({ ledgerUrl, gameId, environment: options.environment }, reads, town.findings);
  return { reads, noLedger };
}

/** @param {Played} played @returns {Promise<import('./report.mjs').BoardTop[]>} most players first */
export async function topOfBoards({ town, reads }) {
  const ours = new Set(reads.map(({ player }) => player.memory.playerId));
  /** @type {Map<string, { event: string, players: number }>} */
  const boards = new Map();
  for (const { player } of reads) {
    const own = new Map(
      [...player.memory.attempts.values()].map(({ leaderboardId, eventKey }) => [leaderboardId, eventKey]),
    );
    for (const [board, event] of own) boards.set(board, { event, players: (boards.get(board)?.players ?? 0) + 1 });
  }
  const sorted = [...boards].toSorted(([, a], [, b]) => b.players - a.players);
  return Promise.all(
    sorted.map(async ([board, { event, players }]) => {
      const { data } = await town.client.call({ method: 'GET', path: `/leaderboards/${board}?limit=10` });
      const rows = (data?.entries ?? []).map((/** @type {any} */ { name, score, rank, participantId }) => {
        return { name: plainName(name, participantId), score, rank, isOurs: ours.has(participantId) };
      });
      return { event: town.nameOf(event), players, rows };
    }),
  );
}

/** Readers of streams, and players whose writes they are told of. */

import { connect } from 'node:net';
import { Connection } from './connection.mjs';
import { Latencies } from './latencies.mjs';

/** Streams opened at a time. */
const OPENING_AT_ONCE = 100;
const READ_BYTES = 64 * 1024;
/** Every reader takes its frames; the frames of so many of them are looked into, spread over all. */
const LOOKED_INTO_MAX = 200;
const WRITERS_CONNECTIONS = 32;
const TICK_MS = 5;
/** After the last write, answers may still come in for so long. */
const LATE_MS = 2_000;
/** And frames, as slow as the machine may be. */
const LATE_FRAMES_MS = 20_000;
const FRAME = /"participantId":"([^"]+)".*?"score":(\d+)/;
const EXAMPLES_MAX = 3;
/** How long it may take until all streams have ended, and how often something awaited is looked at. */
const ENDED_WITHIN_MS = 30_000;
const LOOK_MS = 20;

/** Left open by the measurement, to see them end. @type {Reader[]} */
let open = [];

/** Takes frames; looks into them when told to. */
class Reader {
  /** @type {(frame: string) => void} */
  onFrame = () => undefined;
  frames = 0;
  isClosed = false;
  /** Reset, instead of ended. */
  isBroken = false;
  #looks;
  #rest = '';

  /** @param {boolean} looks */
  constructor(looks) {
    this.#looks = looks;
  }

  /** @param {{ host: string, port: number }} address @param {string} text @param {boolean} looks @returns {Promise<Reader>} open, `ready` */
  static open(address, text, looks) {
    const reader = new Reader(looks);
    return new Promise((resolve, reject) => {
      let head = '';
      const take = (/** @type {number} */ length, /** @type {Uint8Array} */ bytes) => {
        if (head === 'over') return reader.#take(/** @type {Buffer} */ (bytes).subarray(0, length));
        head += Buffer.from(bytes.buffer, bytes.byteOffset, length).toString('latin1');
        if (!head.startsWith('HTTP/1.1 200') && head.length > 12) reject(new Error(head.slice(0, 200)));
        if (head.includes('event: ready')) ((head = 'over'), resolve(reader));
        return true;
      };
      const socket = connect({ ...address, onread: { buffer: shared, callback: take } });
      socket.once('error', (error) => ((reader.isBroken = true), reject(error)));
      socket.once('close', () => (reader.isClosed = true));
      socket.write(text);
      reader.close = () => socket.destroy();
    });
  }

  close() {}

  /** Counts by the blank line that ends each frame. @param {Buffer} bytes */
  #take(bytes) {
    if (!this.#looks) return true;
    const parts = (this.#rest + bytes.toString('latin1')).split('\n\n');
    this.#rest = /** @type {string} */ (parts.pop());
    for (const part of parts) if (part.includes('event: score_update')) ((this.frames += 1), this.onFrame(part));
    return true;
  }
}

/** What is read is gone when the callback returns, so one buffer is enough for all. */
const shared = Buffer.allocUnsafe(READ_BYTES);

/**
 * @param {import('./plans.mjs').Plans} plans
 * @param {{ streams: number, eventKey: string, leaderboardId: string, writers: number, writesPerSecond: number, seconds: number, address: { host: string, port: number } }} job
 * @param {import('../worker-side.mjs').Tell} tell
 */
export async function readStreams(plans, job, tell) {
  const { streams, eventKey, leaderboardId, address } = job;
  const readers = await openAll(plans.requests.get(`/sdk/v1/leaderboards/${leaderboardId}/stream`), streams, address);
  const looking = readers.filter((_, index) => isLookedInto(index, streams));
  const latencies = new Latencies();
  const accepted = new Latencies();
  /** When each write was sent, by player and score. @type {Map<string, number>} */
  const sentAt = new Map();
  const onFrame = (/** @type {string} */ frame) => {
    const found = FRAME.exec(frame);
    const since = found === null ? undefined : sentAt.get(`${found[1]} ${found[2]}`);
    if (since !== undefined) latencies.add(performance.now() - since);
  };
  for (const reader of looking) reader.onFrame = onFrame;
  tell.measuring();
  const { written, examples } = await writeAll(plans, job, { sentAt, accepted });
  const startedAt = performance.now();
  while (looking.some(({ frames }) => frames < written) && performance.now() - startedAt < LATE_FRAMES_MS) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
  tell.measured();
  const missing = looking.reduce((sum, { frames }) => sum + written - frames, 0);
  const closed = readers.filter(({ isClosed }) => isClosed).length;
  open = readers;
  if (missing > 0) examples.push(`${missing} frames did not come`);
  if (closed > 0) examples.push(`${closed} streams were closed`);
  const summary = { fanOutMs: latencies.summary(), answerMs: accepted.summary(), written, frames: latencies.count };
  return {
    ...summary,
    looking: looking.length,
    streams: readers.length,
    failures: examples.length,
    examples,
    eventKey,
  };
}

/** Waits until the server has ended what `readStreams` has left open. */
export async function awaitEnds() {
  const startedAt = performance.now();
  while (open.some(({ isClosed }) => !isClosed) && performance.now() - startedAt < ENDED_WITHIN_MS) {
    await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
  }
  const left = open.filter(({ isClosed }) => !isClosed);
  const broken = open.filter(({ isBroken }) => isBroken).length;
  for (const reader of left) reader.close();
  open = [];
  return { endedMs: performance.now() - startedAt, left: left.length, broken };
}

/** @param {number} index @param {number} streams */
function isLookedInto(index, streams) {
  return index % Math.max(1, Math.floor(streams / LOOKED_INTO_MAX)) === 0;
}

/** @param {string} text @param {number} count @param {{ host: string, port: number }} address */
async function openAll(text, count, address) {
  /** @type {Reader[]} */
  const readers = [];
  for (let from = 0; from < count; from += OPENING_AT_ONCE) {
    const size = Math.min(OPENING_AT_ONCE, count - from);
    const some = Array.from({ length: size }, (_, at) => Reader.open(address, text, isLookedInto(from + at, count)));
    readers.push(...(await Promise.all(some)));
  }
  return readers;
}

/**
 * At a rate that does not wait for answers; every player writes in turn, and never twice at once.
 * @param {import('./plans.mjs').Plans} plans @param {any} job @param {{ sentAt: Map<string, number>, accepted: Latencies }} seen
 */
async function writeAll(plans, { eventKey, writers, writesPerSecond, seconds, address }, { sentAt, accepted }) {
  const connections = await Promise.all(Array.from({ length: WRITERS_CONNECTIONS }, () => Connection.open(address)));
  const idle = [...connections];
  /** @type {string[]} */
  const examples = [];
  const scores = new Map();
  const startedAt = performance.now();
  const total = Math.floor(writesPerSecond * seconds);
  let [issued, answered, written] = [0, 0, 0];
  const send = (/** @type {number} */ dueAt) => {
    const connection = /** @type {Connection} */ (idle.pop());
    const index = issued++ % writers;
    const score = (scores.get(index) ?? 0) + 1;
    scores.set(index, score);
    sentAt.set(`${plans.playerId(index)} ${score}`, dueAt);
    connection.ask(plans.write(eventKey, index).text, (status, body) => {
      answered += 1;
      if (status === 200) ((written += 1), accepted.add(performance.now() - dueAt));
      else if (examples.length < EXAMPLES_MAX) examples.push(`a write answered ${status} ${body.toString('utf8')}`);
      if (status !== 0) idle.push(connection);
    });
  };
  await new Promise((/** @type {(value?: unknown) => void} */ resolve) => {
    const ticking = setInterval(() => {
      for (;;) {
        const dueAt = startedAt + (issued * 1_000) / writesPerSecond;
        if (issued >= total || dueAt > performance.now() || idle.length === 0) break;
        send(dueAt);
      }
      if (answered < total && performance.now() - startedAt < seconds * 1_000 + LATE_MS * 5) return;
      clearInterval(ticking);
      resolve();
    }, TICK_MS);
  });
  for (const connection of connections) connection.close();
  return { written, examples };
}

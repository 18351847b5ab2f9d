/** Somebody who only watches: holds the stream of one board and remembers the last score of everyone on it. */

import { setTimeout as pause } from 'node:timers/promises';

const RECONNECTS_MAX = 20;
const RECONNECT_MS = 250;
const FRAME_END = '\n\n';
/** A frame is one line of JSON; what grows beyond is no frame. */
const FRAME_CHARACTERS_MAX = 1_000_000;

/** @typedef {{ event: string, data: any }} Frame */

/** Takes a stream's text in pieces, gives its frames whole; comments are passed over. */
export class Frames {
  #text = '';

  /** @param {string} piece @returns {Frame[]} */
  take(piece) {
    const blocks = (this.#text + piece).split(FRAME_END);
    this.#text = (blocks.pop() ?? '').slice(-FRAME_CHARACTERS_MAX);
    return blocks.filter((block) => !block.startsWith(':')).map(frameOf);
  }
}

/** @param {string} block @returns {Frame} */
function frameOf(block) {
  const lines = block.split('\n');
  const field = (/** @type {string} */ name) =>
    lines.find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2) ?? '';
  return { event: field('event'), data: JSON.parse(field('data') || 'null') };
}

export class Spectator {
  /** @type {Map<string, number>} by participant, since the stream was opened last */
  seen = new Map();
  /** When the present stream was ready: what is reported later must be seen. */
  readyMs = Infinity;
  frames = 0;
  reconnects = 0;
  #client;
  #closed = false;
  /** @type {() => void} */
  #hangUp = () => undefined;

  /** @param {string} leaderboardId @param {import('./client.mjs').Client} client */
  constructor(leaderboardId, client) {
    this.leaderboardId = leaderboardId;
    this.#client = client;
  }

  /** Until closed: a stream that drops is opened again, and what was seen before is forgotten (01 §10). */
  async watch() {
    for (let tries = 0; tries <= RECONNECTS_MAX && !this.#closed; tries += 1) {
      this.seen.clear();
      this.readyMs = Infinity;
      this.reconnects = tries;
      const frames = new Frames();
      const path = `/leaderboards/${this.leaderboardId}/stream`;
      const { ended, close } = this.#client.stream(path, (text) =>
        frames.take(text).forEach((frame) => this.#see(frame)),
      );
      this.#hangUp = close;
      await ended;
      if (!this.#closed) await pause(RECONNECT_MS);
    }
  }

  close() {
    this.#closed = true;
    this.#hangUp();
  }

  /** @param {Frame} frame */
  #see({ event, data }) {
    this.frames += 1;
    if (event === 'ready') this.readyMs = performance.now();
    if (event === 'score_update') this.seen.set(data.participantId, data.score);
    if (event === 'closed') this.close();
  }
}

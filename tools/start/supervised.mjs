/** Something that has to run until we stop it: when it dies, it is started again, ever more slowly. */

import { setTimeout as delay } from 'node:timers/promises';
import { secondsOf } from './progress.mjs';

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 10_000;
/** Whoever lived this long had not failed for good: the pauses begin anew. */
const STABLE_AFTER_MS = 60_000;

/**
 * @typedef {object} Running
 * @property {number} pid
 * @property {string} url
 * @property {Promise<string>} exited how it ended
 * @property {() => Promise<void>} stop
 * @property {() => Promise<void>} kill
 */

/** @param {number} failures in a row, from 1 @returns {number} */
export function pauseMs(failures) {
  return Math.min(FIRST_PAUSE_MS * 2 ** (failures - 1), LONGEST_PAUSE_MS);
}

/** @template {Running} [R=Running] */
export class Supervised {
  #stopped = new AbortController();
  #start;
  #tell;
  #onRestart;
  /** @type {Promise<R> | undefined} */
  #current;
  #failures = 0;

  /** @param {{ name: string, start: () => Promise<R>, tell: (text: string) => void, onRestart?: (running: R) => void }} what */
  constructor({ name, start, tell, onRestart = () => undefined }) {
    this.name = name;
    this.#start = start;
    this.#tell = tell;
    this.#onRestart = onRestart;
  }

  /** The first start: its failure is the caller's. @returns {Promise<R>} */
  async begin() {
    this.#current = this.#start();
    const running = await this.#current;
    this.#watch(running);
    return running;
  }

  /** Politely, and for good. */
  async stop() {
    this.#stopped.abort();
    const running = await this.#current?.catch(() => undefined);
    await running?.stop();
  }

  /** At once, and for good; what is only being started is left to whoever waits for it. */
  async kill() {
    this.#stopped.abort();
    const running = await Promise.race([this.#current?.catch(() => undefined), undefined]);
    await running?.kill();
  }

  /** @param {R} running */
  #watch(running) {
    const sinceMs = performance.now();
    void running.exited.then(async (how) => {
      if (this.#stopped.signal.aborted) return;
      if (performance.now() - sinceMs > STABLE_AFTER_MS) this.#failures = 0;
      this.#current = this.#startAgain(how);
      await this.#current.then((next) => this.#watch(next)).catch(() => undefined);
    });
  }

  /** Returns what runs again, and throws only when it was stopped meanwhile. @param {string} how @returns {Promise<R>} */
  async #startAgain(how) {
    for (let reason = how; ;) {
      const waitMs = pauseMs((this.#failures += 1));
      this.#tell(`${this.name} ended (${reason}); it is started again in ${secondsOf(waitMs)}.`);
      await delay(waitMs, undefined, { signal: this.#stopped.signal });
      try {
        const running = await this.#start();
        this.#onRestart(running);
        this.#tell(`${this.name} runs again (process ${running.pid}).`);
        return running;
      } catch (error) {
        this.#stopped.signal.throwIfAborted();
        [reason = 'no reason given'] = String(/** @type {Error} */ (error).message).split('\n', 1);
      }
    }
  }
}

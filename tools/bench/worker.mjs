/** A process that makes load, apart from this one so that its processor time is seen apart. */

import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** A worker ends its runs by itself; this is for one that hangs. Milliseconds. */
const ANSWER_WITHIN_MS = 15 * 60_000;

/**
 * @typedef {object} Result
 * @property {number} calls answered while it was measured
 * @property {number} seconds
 * @property {{ p50: number, p95: number, p99: number, max: number }} latencyMs
 * @property {number} failures whatever was not answered with success, warm-up included
 * @property {string[]} examples of failures
 */

/** @typedef {{ onMeasuring?(): void, onMeasured?(): void }} Moments */

export class Worker {
  #child;

  /** @param {import('node:child_process').ChildProcess} child */
  constructor(child) {
    this.#child = child;
  }

  /** @param {string} file beside this one @returns {Promise<Worker>} ready for jobs */
  static async start(file) {
    const child = fork(fileURLToPath(new URL(file, import.meta.url)), {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    const gone = once(child, 'exit').then(([code, signal]) => {
      throw new Error(`${file} ended at its start with ${signal ?? code}`);
    });
    await Promise.race([once(child, 'message'), gone]);
    gone.catch(() => undefined);
    return new Worker(child);
  }

  get pid() {
    return /** @type {number} */ (this.#child.pid);
  }

  /**
   * @param {object} job
   * @param {Moments} [moments] called when measuring begins and ends
   * @returns {Promise<Result>}
   */
  async run(job, moments = {}) {
    const ended = new AbortController();
    const signal = AbortSignal.any([AbortSignal.timeout(ANSWER_WITHIN_MS), ended.signal]);
    const gone = once(this.#child, 'exit', { signal }).then(() => Promise.reject(new Error('the load process ended')));
    const answered = this.#answer(moments, ended.signal);
    this.#child.send(job);
    try {
      return await Promise.race([answered, gone]);
    } finally {
      ended.abort();
    }
  }

  /**
   * One listener for all messages of a job: of those that are read at once, one that is set anew for each would miss some.
   * @param {Moments} moments @param {AbortSignal} over @returns {Promise<Result>}
   */
  #answer(moments, over) {
    return new Promise((resolve, reject) => {
      const hear = (/** @type {any} */ { error, result, moment }) => {
        try {
          if (error !== undefined) throw new Error(error);
          if (result !== undefined) resolve(result);
          if (moment === 'measuring') moments.onMeasuring?.();
          if (moment === 'measured') moments.onMeasured?.();
        } catch (failure) {
          reject(failure);
        }
      };
      this.#child.on('message', hear);
      over.addEventListener('abort', () => this.#child.off('message', hear), { once: true });
    });
  }

  async stop() {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const gone = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await gone;
  }
}

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
    const deadline = AbortSignal.timeout(ANSWER_WITHIN_MS);
    const ended = new AbortController();
    const signal = AbortSignal.any([deadline, ended.signal]);
    const gone = once(this.#child, 'exit', { signal }).then(() => Promise.reject(new Error('the load process ended')));
    gone.catch(() => undefined);
    this.#child.send(job);
    try {
      for (;;) {
        const [message] = await Promise.race([once(this.#child, 'message', { signal }), gone]);
        if (message.error !== undefined) throw new Error(message.error);
        if (message.result !== undefined) return message.result;
        if (message.moment === 'measuring') moments.onMeasuring?.();
        if (message.moment === 'measured') moments.onMeasured?.();
      }
    } finally {
      ended.abort();
    }
  }

  async stop() {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    const gone = once(this.#child, 'exit');
    this.#child.kill('SIGKILL');
    await gone;
  }
}

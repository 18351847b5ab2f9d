/** What a run counts: calls and their times while it is measured, failures always. */

import { Latencies } from './latencies.mjs';

const EXAMPLES_MAX = 3;
const EXAMPLE_CHARACTERS = 300;

export class Tally {
  #latencies = new Latencies();
  #failures = 0;
  /** @type {string[]} */
  #examples = [];
  /** @type {number | undefined} */
  #from;
  /** @type {number | undefined} */
  #until;
  #isDue = false;

  constructor(/** @type {import('../worker-side.mjs').Tell} */ tell) {
    this.tell = tell;
  }

  begin() {
    if (this.#until !== undefined) return;
    this.#from = performance.now();
    this.tell.measuring();
  }

  end() {
    if (this.#until !== undefined) return;
    this.#until = performance.now();
    this.tell.measured();
  }

  /** The time is up: now, or, on a machine so busy that nothing was counted yet, with the first call that is. */
  endCounted() {
    if (this.#from === undefined || this.#latencies.count > 0) return this.end();
    this.#isDue = true;
  }

  /** @param {number} ms */
  succeeded(ms) {
    if (this.#from === undefined || this.#until !== undefined) return;
    this.#latencies.add(ms);
    if (this.#isDue) this.end();
  }

  /** @param {string} what */
  failed(what) {
    this.#failures += 1;
    if (this.#examples.length < EXAMPLES_MAX) this.#examples.push(what.slice(0, EXAMPLE_CHARACTERS));
  }

  /** @returns {import('../worker.mjs').Result} */
  result() {
    const [from, until] = [this.#from, this.#until];
    const seconds = from === undefined || until === undefined ? 0 : (until - from) / 1_000;
    const { count } = this.#latencies;
    return {
      calls: count,
      seconds,
      latencyMs: this.#latencies.summary(),
      failures: this.#failures,
      examples: this.#examples,
    };
  }
}

/** Times of many calls in little memory: counts in steps of ten microseconds. */

const STEP_MS = 0.01;
const LONGEST_MS = 10_000;
const STEPS = LONGEST_MS / STEP_MS;

export class Latencies {
  #counts = new Uint32Array(STEPS + 1);
  #max = 0;
  count = 0;

  /** @param {number} ms */
  add(ms) {
    this.#counts[Math.min(STEPS, Math.floor(ms / STEP_MS))] += 1;
    this.count += 1;
    if (ms > this.#max) this.#max = ms;
  }

  summary() {
    return { p50: this.#percentile(0.5), p95: this.#percentile(0.95), p99: this.#percentile(0.99), max: this.#max };
  }

  /** The upper end of the step in which it lies. @param {number} share */
  #percentile(share) {
    const wanted = Math.ceil(this.count * share);
    let seen = 0;
    for (let step = 0; step <= STEPS; step += 1) {
      seen += this.#counts[step];
      if (seen >= wanted && seen > 0) return Math.min((step + 1) * STEP_MS, this.#max);
    }
    return 0;
  }
}

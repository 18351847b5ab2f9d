/** What was sent and how it was answered: counts and latencies in bounded memory. */

/** Each bucket is that much wider than the one before: percentiles are right to a twentieth. */
const GROWTH = 1.05;
const SMALLEST_MS = 0.1;
const BUCKETS = 300;

export class Latencies {
  #counts = new Array(BUCKETS).fill(0);
  #total = 0;
  maxMs = 0;

  /** @param {number} ms */
  add(ms) {
    const bucket = Math.ceil(Math.log(Math.max(ms, SMALLEST_MS) / SMALLEST_MS) / Math.log(GROWTH));
    this.#counts[Math.min(bucket, BUCKETS - 1)] += 1;
    this.#total += 1;
    this.maxMs = Math.max(this.maxMs, ms);
  }

  /** @param {number} share 0.5 = half of them took at most the answer @returns {number} ms */
  percentile(share) {
    let left = Math.ceil(share * this.#total);
    const bucket = this.#counts.findIndex((count) => (left -= count) <= 0);
    return Math.min(SMALLEST_MS * GROWTH ** bucket, this.maxMs);
  }
}

export class Statistics {
  /** @type {Map<string, number>} by status, or by what came instead of an answer */
  answers = new Map();
  /** @type {Map<string, number>} what players did, by its name in the report */
  deeds = new Map();
  latencies = new Latencies();
  calls = 0;
  retries = 0;

  /** @param {string} answer @param {number} [ms] */
  answered(answer, ms) {
    this.calls += 1;
    count(this.answers, answer);
    if (ms !== undefined) this.latencies.add(ms);
  }

  /** @param {string} deed @param {number} [times] */
  did(deed, times = 1) {
    count(this.deeds, deed, times);
  }

  /** @param {string} deed */
  times(deed) {
    return this.deeds.get(deed) ?? 0;
  }
}

/** @param {Map<string, number>} counts @param {string} name @param {number} [times] */
function count(counts, name, times = 1) {
  counts.set(name, (counts.get(name) ?? 0) + times);
}

/** What all players of one run share. */

/** Far below the 1,000 failed checks a minute that one address has (01 §8). */
const WRONG_CREDENTIALS_MAX = 300;
const NEIGHBOURS_MAX = 50;

export class Town {
  /** @type {import('./memory.mjs').AttemptTold[]} some of other people's, for those who try their hands at them */
  #attempts = [];
  /** @type {string[]} */
  #grants = [];
  /** @type {Map<string, string>} */
  #events = new Map();
  #wrongCredentials = 0;
  #endsMs = Infinity;

  /**
   * @param {{ client: import('./client.mjs').Client, statistics: import('./statistics.mjs').Statistics,
   *   findings: import('./findings.mjs').Findings, signal: AbortSignal }} parts signal: everybody goes home
   */
  constructor({ client, statistics, findings, signal }) {
    this.client = client;
    this.statistics = statistics;
    this.findings = findings;
    this.signal = signal;
  }

  /** @param {number} playMs */
  open(playMs) {
    this.#endsMs = performance.now() + playMs;
  }

  get leftMs() {
    return Math.max(0, this.#endsMs - performance.now());
  }

  get isClosing() {
    return this.signal.aborted || this.leftMs === 0;
  }

  /** @param {string} key @param {string} name */
  nameEvent(key, name) {
    this.#events.set(key, name);
  }

  /** @param {string} key */
  nameOf(key) {
    return this.#events.get(key) ?? key;
  }

  /** Whether one more wrong credential may be tried; if so, it counts. */
  takeWrongCredential() {
    this.#wrongCredentials += 1;
    return this.#wrongCredentials <= WRONG_CREDENTIALS_MAX;
  }

  /** @param {import('./memory.mjs').AttemptTold} attempt */
  showAttempt(attempt) {
    this.#attempts = [attempt, ...this.#attempts].slice(0, NEIGHBOURS_MAX);
  }

  /** @param {string} id */
  showGrant(id) {
    this.#grants = [id, ...this.#grants].slice(0, NEIGHBOURS_MAX);
  }

  /** @param {import('./memory.mjs').Memory} memory of the one who asks */
  attemptOfAnother({ attempts }) {
    return this.#attempts.find(({ id }) => !attempts.has(id));
  }

  /** @param {import('./memory.mjs').Memory} memory of the one who asks */
  grantOfAnother({ claimed }) {
    return this.#grants.find((id) => !claimed.has(id));
  }
}

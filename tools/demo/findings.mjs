/** What was checked, how often, and what did not hold. */

/** Of one check; the rest is counted. */
const KEPT_MAX = 200;

export const CHECKS = /** @type {const} */ ({
  answered: 'every call was answered in the end',
  documented: 'every refusal was the documented one',
  replays: 'repeated sends got the identical reply, and one effect',
  conflicts: 'a key under another body was refused',
  attempts: 'attempts read as they were played',
  reads: 'what was written was in the next read',
  grants: 'every completed attempt has its one grant, as it was told',
  claims: 'claimed grants read claimed, and none was left behind',
  holdings: 'wallets and inventories are opening + claimed − spent',
  boards: 'boards show the scores that were told',
  spectators: 'spectators last saw what the boards show',
  sums: 'the ledger adds up to wallets and inventories',
  operations: 'every operation is in the ledger once',
});

/** @typedef {keyof typeof CHECKS} Check */

export class Findings {
  /** @type {Map<Check, { passed: number, failed: number, texts: string[] }>} */
  #checks = new Map();

  /** @param {Check} check @param {boolean} holds @param {() => string} text of what does not hold */
  expect(check, holds, text) {
    if (holds) this.pass(check);
    else this.fail(check, text());
    return holds;
  }

  /** @param {Check} check @param {number} [times] */
  pass(check, times = 1) {
    this.#of(check).passed += times;
  }

  /** @param {Check} check @param {string} text */
  fail(check, text) {
    const kept = this.#of(check);
    kept.failed += 1;
    if (kept.texts.length < KEPT_MAX) kept.texts.push(text);
  }

  /** @param {Check} check @param {number} compared @param {string[]} differences */
  compare(check, compared, differences) {
    this.pass(check, compared - differences.length);
    for (const difference of differences) this.fail(check, difference);
  }

  get failed() {
    return [...this.#checks.values()].reduce((sum, { failed }) => sum + failed, 0);
  }

  /** @returns {{ check: Check, label: string, passed: number, failed: number, texts: string[] }[]} those that were made */
  all() {
    const checks = /** @type {Check[]} */ (Object.keys(CHECKS)).filter((check) => this.#checks.has(check));
    return checks.map((check) => ({ check, label: CHECKS[check], ...this.#of(check) }));
  }

  /** @param {Check} check */
  #of(check) {
    const found = this.#checks.get(check) ?? { passed: 0, failed: 0, texts: [] };
    this.#checks.set(check, found);
    return found;
  }
}

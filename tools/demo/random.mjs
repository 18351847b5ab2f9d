/** Chance that can be repeated: the n-th draw is a pure function of the seed's name and n. */

import { createHash } from 'node:crypto';

const DRAW_BYTES = 6;
const DRAW_RANGE = 2 ** (8 * DRAW_BYTES);

export class Random {
  #name;
  #drawn = 0;

  /** @param {string} name */
  constructor(name) {
    this.#name = name;
  }

  /** Draws of its own, whatever is drawn here meanwhile. @param {string} name */
  fork(name) {
    return new Random(`${this.#name}/${name}`);
  }

  /** @returns {number} 0 ≤ x < 1 */
  next() {
    this.#drawn += 1;
    return createHash('sha256').update(`${this.#name}#${this.#drawn}`).digest().readUIntBE(0, DRAW_BYTES) / DRAW_RANGE;
  }

  /** @param {number} probability */
  chance(probability) {
    return this.next() < probability;
  }

  /** @param {number} from @param {number} to both included */
  integer(from, to) {
    return from + Math.floor(this.next() * (to - from + 1));
  }

  /** @param {number} from @param {number} to */
  between(from, to) {
    return from + this.next() * (to - from);
  }

  /** @template T @param {readonly T[]} choices at least one @returns {T} */
  pick(choices) {
    return /** @type {T} */ (choices[this.integer(0, choices.length - 1)]);
  }
}

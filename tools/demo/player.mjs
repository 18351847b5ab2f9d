/** One simulated player: who it is, how it behaves, and what it was told. */

import { setTimeout as pause } from 'node:timers/promises';
import { Memory } from './memory.mjs';

/** Chances and paces, as a wide range of people and networks would have them. */
const PACE_MS = { from: 40, to: 420 };
const STRIDE = { from: 4, to: 14 };
const CARELESS_SHARE = 0.25;
const LEAVING_SHARE = 0.15;
const LEAVES_AFTER = { from: 5, to: 60 };

/**
 * @typedef {object} Habits
 * @property {number} paceMs between two of its actions, on average
 * @property {number} stride reports that a target takes it, roughly
 * @property {number} repeats share of writes that it sends again
 * @property {number} twins share of writes that it sends twice at once
 * @property {number} loses share of writes whose reply is lost
 * @property {number} conflicts share of keys that it uses for something else as well
 * @property {number} errs chance of bad input after an action
 * @property {number} leavesAfter actions after which it is never seen again
 */

/** @param {import('./random.mjs').Random} random @returns {Habits} */
export function habitsOf(random) {
  const careless = random.chance(CARELESS_SHARE) ? 3 : 1;
  return {
    paceMs: random.between(PACE_MS.from, PACE_MS.to),
    stride: random.integer(STRIDE.from, STRIDE.to),
    repeats: 0.04 * careless,
    twins: 0.03 * careless,
    loses: 0.03 * careless,
    conflicts: 0.02 * careless,
    errs: 0.03 * careless,
    leavesAfter: random.chance(LEAVING_SHARE) ? random.integer(LEAVES_AFTER.from, LEAVES_AFTER.to) : Infinity,
  };
}

export class Player {
  memory = new Memory();
  #actions = 0;
  #keys = 0;

  /** @param {string} name the external id @param {import('./random.mjs').Random} random @param {import('./town.mjs').Town} town */
  constructor(name, random, town) {
    this.name = name;
    this.random = random;
    this.town = town;
    this.habits = habitsOf(random);
  }

  get client() {
    return this.town.client;
  }

  get findings() {
    return this.town.findings;
  }

  get hasDroppedOut() {
    return this.#actions >= this.habits.leavesAfter;
  }

  get isPresent() {
    return !this.town.isClosing && !this.hasDroppedOut;
  }

  nextKey() {
    this.#keys += 1;
    return `k-${this.#keys}`;
  }

  /** @param {string} deed */
  did(deed) {
    this.town.statistics.did(deed);
  }

  /** A pause before the next action. */
  async think() {
    this.#actions += 1;
    const wantedMs = this.habits.paceMs * this.random.between(0.4, 1.6);
    await pause(Math.min(wantedMs, this.town.leftMs), undefined, { signal: this.town.signal }).catch(() => undefined);
  }

  /** @param {string} rest of the path, after the player @returns {import('./client.mjs').Call} */
  reading(rest) {
    return { method: 'GET', path: this.#path + rest, secret: this.memory.secret };
  }

  /** @param {string} rest @param {unknown} body @returns {import('./client.mjs').Call} */
  writing(rest, body) {
    return { method: 'POST', path: this.#path + rest, secret: this.memory.secret, body };
  }

  /** @param {string} rest @returns {Promise<any>} the data; an answer that is none is a finding */
  async read(rest) {
    const call = this.reading(rest);
    const answer = await this.client.call(call);
    if (answer.status === 200) return answer.data;
    this.refused(call, answer, 'expected 200');
    return undefined;
  }

  /** An answer that the documents do not allow here. @param {import('./client.mjs').Call} call @param {import('./client.mjs').Answer} answer @param {string} expected */
  refused({ method, path }, answer, expected) {
    this.findings.fail(
      'documented',
      `${this.name}: ${method} ${path} ${expected}, got ${answer.status} ${answer.text}`,
    );
  }

  /** @param {import('./findings.mjs').Check} check @param {boolean} holds @param {() => string} text */
  expect(check, holds, text) {
    return this.findings.expect(check, holds, () => `${this.name}: ${text()}`);
  }

  get #path() {
    return `/players/${encodeURIComponent(this.name)}`;
  }
}

/** A client written from 01 and 02 alone: keys on every write, and the same key over its retries. */

import { setTimeout as pause } from 'node:timers/promises';

const TRIES_MAX = 10;
const BACKOFF_FIRST_MS = 100;
const WAIT_MAX_MS = 5_000;
/** A reply is torn off at some moment of this span: sometimes before the call was heard, sometimes after it was done. */
const TEAR_WITHIN_MS = 12;

const HTTP_SERVER_ERROR = 500;
const HTTP_TOO_MANY = 429;

/**
 * @typedef {object} Call
 * @property {string} method
 * @property {string} path below /sdk/v1, with its query
 * @property {unknown} [body] as JSON, or as it is when it is a string
 * @property {string} [secret]
 * @property {string | null} [authorization] null = none; the game's key when left out
 * @property {Record<string, string>} [headers]
 */

/** @typedef {{ code: string, message: string, details?: Record<string, any> }} Refusal */

/**
 * @typedef {object} Answer
 * @property {number} status
 * @property {string} text
 * @property {any} data of a success
 * @property {Refusal | undefined} error
 * @property {boolean} replayed
 */

/** Nobody knows whether it happened. */
export class NoAnswer extends Error {
  /** @param {Call} call @param {string} reason */
  constructor({ method, path }, reason) {
    super(`${method} ${path} was not answered in ${TRIES_MAX} tries: ${reason}`);
    this.name = 'NoAnswer';
  }
}

export class Client {
  #http;
  #key;
  #statistics;

  /** @param {import('./http.mjs').Http} http @param {string} key @param {import('./statistics.mjs').Statistics} statistics */
  constructor(http, key, statistics) {
    this.#http = http;
    this.#key = key;
    this.#statistics = statistics;
  }

  /** @param {Call} call @returns {Promise<Answer>} @throws NoAnswer */
  async call(call) {
    let reason = '';
    for (let tries = 1; tries <= TRIES_MAX; tries += 1) {
      const reply = await this.#once(call).catch((error) => void (reason = error.message));
      const answer = reply && answerOf(reply);
      if (answer && !isWorthRetrying(answer)) return answer;
      if (answer) reason = `${answer.status} ${answer.error?.code ?? answer.text}`;
      if (tries === TRIES_MAX) break;
      this.#statistics.retries += 1;
      await pause(waitMs(tries, reply?.headers['retry-after']));
    }
    throw new NoAnswer(call, reason);
  }

  /** The call is made, and nothing is heard of it. @param {Call} call @param {import('./random.mjs').Random} random */
  async lose(call, random) {
    const afterMs = random.between(0, TEAR_WITHIN_MS);
    if (random.chance(1 / 2)) return void (await this.ignore(call));
    await this.#http.tear(this.#request(call), afterMs);
    this.#statistics.answered('torn off');
  }

  /** The call is made and done, and its answer forgotten. @param {Call} call */
  async ignore(call) {
    await this.#once(call).catch(() => undefined);
  }

  /** @param {string} path @param {(text: string) => void} onText */
  stream(path, onText) {
    return this.#http.stream(this.#request({ method: 'GET', path }), onText);
  }

  /** @param {Call} call */
  async #once(call) {
    try {
      const reply = await this.#http.send(this.#request(call));
      this.#statistics.answered(String(reply.status), reply.ms);
      return reply;
    } catch (error) {
      this.#statistics.answered('no answer');
      throw error;
    }
  }

  /** @param {Call} call @returns {import('./http.mjs').Request} */
  #request({ method, path, body, secret, authorization, headers }) {
    /** @type {Record<string, string>} */
    const all = { accept: 'application/json', 'x-kraty-sdk': 'kraty-demo/1' };
    if (authorization !== null) all['authorization'] = authorization ?? `Bearer ${this.#key}`;
    if (secret !== undefined) all['x-player-secret'] = secret;
    if (body !== undefined) all['content-type'] = 'application/json';
    const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
    return { method, path: `/sdk/v1${path}`, headers: { ...all, ...headers }, body: text };
  }
}

/** @param {import('./http.mjs').Reply} reply @returns {Answer} */
export function answerOf({ status, headers, text }) {
  const json = jsonOf(text);
  const replayed = headers['idempotency-replayed'] === 'true';
  return { status, text, data: json?.data, error: json?.error, replayed };
}

/** Attempt caps are 429 too, and waiting does not help there. @param {Answer} answer */
export function isWorthRetrying({ status, error }) {
  if (status >= HTTP_SERVER_ERROR) return true;
  return status === HTTP_TOO_MANY && error?.code === 'rate_limited';
}

/** @param {number} tries so far @param {string | undefined} retryAfter seconds @returns {number} */
export function waitMs(tries, retryAfter) {
  const asked = Number(retryAfter ?? Number.NaN) * 1_000;
  const wanted = Number.isFinite(asked) ? asked : BACKOFF_FIRST_MS * 2 ** (tries - 1);
  return Math.min(WAIT_MAX_MS, Math.max(BACKOFF_FIRST_MS, wanted));
}

/** @param {string} text @returns {any} */
function jsonOf(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

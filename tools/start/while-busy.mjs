/** Patience with services that have just started and, on a slow machine, answer "busy" for a while. */

import { setTimeout as pause } from 'node:timers/promises';

const HTTP_BUSY = 503;
const TRIES_MAX = 30;
const AGAIN_AFTER_MS = 1_000;

/**
 * Repeats a request while it is answered with 503. Only for what changes nothing when it is done twice.
 * @template {{ status: number }} R
 * @param {() => Promise<R>} send @param {{ triesMax?: number, againAfterMs?: number }} [options] @returns {Promise<R>}
 */
export async function whileBusy(send, { triesMax = TRIES_MAX, againAfterMs = AGAIN_AFTER_MS } = {}) {
  for (let tries = 1; ; tries += 1) {
    const response = await send();
    if (response.status !== HTTP_BUSY || tries >= triesMax) return response;
    await pause(againAfterMs);
  }
}

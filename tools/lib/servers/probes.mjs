/** Small looks at a server over TCP, to learn that it answers. */

import { connect } from 'node:net';
import { LOOPBACK } from './ports.mjs';

/** Enough for one look of many. */
const PROBE_WITHIN_MS = 1_000;

/**
 * Connects, says something, and reads the beginning of the answer.
 * @param {number} port @param {string} say '' when the server speaks first
 * @param {number} [withinMs] how long the server may be silent, for who does not look again
 * @returns {Promise<string>} '' when there is no answer
 */
export function firstWords(port, say, withinMs = PROBE_WITHIN_MS) {
  return new Promise((resolve) => {
    const socket = connect({ port, host: LOOPBACK });
    const finish = (/** @type {string} */ words) => {
      socket.destroy();
      resolve(words);
    };
    socket.setTimeout(withinMs, () => finish(''));
    socket.once('error', () => finish(''));
    socket.once('close', () => resolve(''));
    socket.once('connect', () => socket.write(say));
    socket.once('data', (chunk) => finish(chunk.toString('latin1')));
  });
}

/** Ports on the loopback interface: finding one that is free, and saying plainly that one is not. */

import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';

export const LOOPBACK = '127.0.0.1';

/**
 * Below the range that systems hand to outgoing connections: a client that keeps redialling a server which is down for a
 * moment could otherwise be given the server's own port, and connect to itself.
 */
const LOWEST_PORT = 15_000;
const HIGHEST_PORT = 31_999;
const ATTEMPTS = 100;

/** Someone else holds the port; the message says what to do. */
export class PortBusyError extends Error {
  /** @param {string} name @param {number} port @param {string} [setting] the variable or option that chooses the port */
  constructor(name, port, setting) {
    const choose = setting === undefined ? 'choose another port' : `choose another port with ${setting}`;
    super(
      `Port ${port} on ${LOOPBACK}, wanted for ${name}, is in use by another program: stop that program, or ${choose}.`,
    );
    this.name = 'PortBusyError';
  }
}

/** @returns {Promise<number>} a port nobody listens on at this moment */
export async function freePort() {
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const port = randomInt(LOWEST_PORT, HIGHEST_PORT + 1);
    if (await isPortFree(port)) return port;
  }
  throw new Error(`None of ${ATTEMPTS} ports tried between ${LOWEST_PORT} and ${HIGHEST_PORT} is free.`);
}

/** @param {number} port @returns {Promise<boolean>} */
export function isPortFree(port) {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen({ port, host: LOOPBACK, exclusive: true }, () => probe.close(() => resolve(true)));
  });
}

/** @param {string} name @param {number} port @param {string} [setting] */
export async function assertPortFree(name, port, setting) {
  if (!(await isPortFree(port))) throw new PortBusyError(name, port, setting);
}

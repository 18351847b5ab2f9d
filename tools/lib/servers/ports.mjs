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

/**
 * Test files of a run that are at work side by side draw from ports of their own, or one could be given the port of a
 * server that the other has killed and is about to start again.
 */
export const SIDE_BY_SIDE_MAX = 8;

/** Given a moment ago and perhaps not in use yet: two who ask at once get two ports. @type {Set<number>} */
const justGiven = new Set();
const JUST_GIVEN_MAX = 256;

/** What systems answer who may not open a port. */
const FORBIDDEN = 'EACCES';

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

/** The system does not let this user listen there. */
export class PortForbiddenError extends Error {
  /** @param {string} name @param {number} port @param {string} [setting] the variable or option that chooses the port */
  constructor(name, port, setting) {
    const choose = setting === undefined ? 'choose a higher port' : `choose a higher port with ${setting}`;
    super(
      `Port ${port}, wanted for ${name}, may not be opened by this user: ${choose}, or ask the system for the right.`,
    );
    this.name = 'PortForbiddenError';
  }
}

/** @returns {Promise<number>} a port nobody listens on at this moment */
export async function freePort() {
  const { lowest, highest } = drawnFrom(process.env);
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    const port = randomInt(lowest, highest + 1);
    if (justGiven.has(port)) continue;
    remember(port);
    if (await isPortFree(port)) return port;
  }
  throw new Error(`None of ${ATTEMPTS} ports tried between ${lowest} and ${highest} is free.`);
}

/**
 * @param {Record<string, string | undefined>} variables under `npm test` they name the run and, by number, the process of
 *   jest that this is or that has started it
 */
export function drawnFrom({ KRATY_TEST_DIRECTORY: run, JEST_WORKER_ID: worker }) {
  if (run === undefined || worker === undefined) return { lowest: LOWEST_PORT, highest: HIGHEST_PORT };
  const share = Math.floor((HIGHEST_PORT + 1 - LOWEST_PORT) / SIDE_BY_SIDE_MAX);
  // Another run on the machine counts its processes from 1 as well.
  const beginning = Buffer.from(run).reduce((sum, byte) => sum + byte, 0);
  const lowest = LOWEST_PORT + ((beginning + Number(worker)) % SIDE_BY_SIDE_MAX) * share;
  return { lowest, highest: lowest + share - 1 };
}

/** @param {number} port */
function remember(port) {
  justGiven.add(port);
  const [oldest] = justGiven;
  if (justGiven.size > JUST_GIVEN_MAX && oldest !== undefined) justGiven.delete(oldest);
}

/** @param {number} port @returns {Promise<boolean>} */
export async function isPortFree(port) {
  return (await problemOf(port, LOOPBACK)) === undefined;
}

/**
 * @param {string} name @param {number} port @param {string} [setting]
 * @throws Error that says what to do
 */
export async function assertPortFree(name, port, setting) {
  const problem = await problemOf(port, LOOPBACK);
  if (problem === FORBIDDEN) throw new PortForbiddenError(name, port, setting);
  if (problem !== undefined) throw new PortBusyError(name, port, setting);
}

/**
 * Listens for a moment.
 * @param {number} port @param {string} host
 * @returns {Promise<string | undefined>} the system's code for why that is not possible
 */
export function problemOf(port, host) {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.once('error', (error) => resolve(/** @type {NodeJS.ErrnoException} */ (error).code ?? 'EUNKNOWN'));
    probe.listen({ port, host, exclusive: true }, () => probe.close(() => resolve(undefined)));
  });
}

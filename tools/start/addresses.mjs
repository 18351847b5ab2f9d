/** Where the API listens, and what it is called. */

import { assertPortFree, problemOf } from '../lib/servers/ports.mjs';
import { freePort } from '../lib/servers.mjs';

const EVERYWHERE = ['0.0.0.0', '::'];
/** Codes for an address that exists, somewhere. */
const NOT_OURS = new Set(['EADDRNOTAVAIL', 'EINVAL']);
const LOCAL = [...EVERYWHERE, '127.0.0.1', 'localhost'];

/**
 * @typedef {object} Addresses
 * @property {string} host
 * @property {number} port
 * @property {string} baseUrl for tools on this machine
 * @property {string} origin under which operators reach it
 */

/** @param {import('./settings.mjs').Settings} settings @returns {Promise<Addresses>} */
export async function settleAddresses({ host, port, publicOrigin }) {
  const settled = port === 0 ? await freePort() : port;
  await assertHost(host);
  await assertPortFree('the API', settled, 'PORT');
  const baseUrl = baseUrlOf(host, settled);
  return { host, port: settled, baseUrl, origin: publicOrigin ?? baseUrl };
}

/** Told now, and not by a gateway that cannot start. @param {string} host */
async function assertHost(host) {
  const problem = await problemOf(0, host);
  if (problem === undefined) return;
  const why = NOT_OURS.has(problem) ? 'is no address of this machine' : 'cannot be resolved';
  throw new Error(
    `HOST is "${host}", which ${why} (${problem}): use 127.0.0.1, or 0.0.0.0 to be reached from outside.`,
  );
}

/** Browsers keep a session on plain HTTP only for the name localhost (04 §2). @param {string} host @param {number} port */
export function baseUrlOf(host, port) {
  if (LOCAL.includes(host)) return `http://localhost:${port}`;
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/** For our own requests, which need no name and no second try at another address. @param {Addresses} addresses */
export function doorOf({ host, port, origin }) {
  const address = LOCAL.includes(host) ? `http://127.0.0.1:${port}` : baseUrlOf(host, port);
  return { address, origin };
}

/** Where the API listens, and what it is called. */

import { assertPortFree } from '../lib/servers/ports.mjs';
import { freePort } from '../lib/servers.mjs';

const EVERYWHERE = ['0.0.0.0', '::'];
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
  await assertPortFree('the API', settled, 'PORT');
  const baseUrl = baseUrlOf(host, settled);
  return { host, port: settled, baseUrl, origin: publicOrigin ?? baseUrl };
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

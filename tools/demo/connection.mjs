/** Where the running system is, as `npm start` has written it down. */

import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

/**
 * @typedef {object} Connection
 * @property {string} baseUrl
 * @property {string} gameId
 * @property {string} clientKey of the environment that is played in
 * @property {string | undefined} ledgerUrl PostgreSQL, as the economy's own role
 */

/**
 * @param {{ connection: string | undefined, environment: 'test' | 'live' }} options
 * @param {{ root: string, variables: Record<string, string | undefined> }} surroundings
 * @returns {Connection}
 * @throws Error with a sentence that says what to do
 */
export function readConnection({ connection, environment }, { root, variables }) {
  const path = connectionPath(connection, root, variables);
  if (!existsSync(path)) throw notRunning(path);
  const { baseUrl, gameId, keys } = readJson(path);
  const clientKey = environment === 'live' ? keys?.clientLive : keys?.clientTest;
  if (typeof baseUrl !== 'string' || typeof gameId !== 'string' || typeof clientKey !== 'string') {
    throw new Error(`${path} is not what npm start writes: it lacks baseUrl, gameId or the client key.`);
  }
  return { baseUrl: baseUrl.replace(/\/+$/, ''), gameId, clientKey, ledgerUrl: ledgerUrlBeside(path) };
}

/** @param {string} at */
export function notRunning(at) {
  return new Error(`No system runs here (looked at ${at}): begin one with npm start in another terminal, then repeat.`);
}

/** npm runs scripts in the project's directory and tells where the user stood. @param {string | undefined} asked @param {string} root @param {Record<string, string | undefined>} variables */
function connectionPath(asked, root, variables) {
  if (asked !== undefined) return resolve(variables['INIT_CWD'] ?? process.cwd(), asked);
  return join(resolve(variables['KRATY_DATA_DIRECTORY']?.trim() || join(root, '.data')), 'kraty.json');
}

/** A system on another machine shows its API alone. @param {string} path @returns {string | undefined} */
function ledgerUrlBeside(path) {
  const file = join(dirname(path), 'databases.json');
  if (!existsSync(file)) return undefined;
  const url = readJson(file).economy;
  return typeof url === 'string' ? url : undefined;
}

/** @param {string} path @returns {any} */
function readJson(path) {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) ?? {};
  } catch (error) {
    throw new Error(`${path} cannot be read as JSON.`, { cause: error });
  }
}

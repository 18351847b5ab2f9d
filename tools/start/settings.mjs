/** What the environment asks of `npm start`; all that is wrong is named at once. */

import { join, resolve } from 'node:path';

const PORT_MAX = 65_535;
const DEFAULT_PORT = 8080;

/** The first that is set names the server. */
const POSTGRES_VARIABLES = ['POSTGRES_URL', 'DATABASE_URL', 'SUPERUSER_DATABASE_URL'];

const RULES = {
  postgres: { pattern: /^postgres(ql)?:\/\/\S+$/, example: 'postgres://postgres:password@127.0.0.1:5432/kraty' },
  redis: { pattern: /^rediss?:\/\/\S+$/, example: 'redis://127.0.0.1:6379' },
  nats: { pattern: /^(nats|tls):\/\/\S+$/, example: 'nats://127.0.0.1:4222' },
};

/** @typedef {{ variable: string, url: string }} GivenServer */

/**
 * @typedef {object} Settings
 * @property {string} dataDirectory
 * @property {string} host
 * @property {number} port 0 = any free one
 * @property {string | undefined} publicOrigin
 * @property {number | undefined} opsPort the first of them with `--split`; undefined = any free ones
 * @property {{ postgres?: GivenServer, redis?: GivenServer, nats?: GivenServer }} given servers of the user's own
 * @property {{ postgres?: number, redis?: number, nats?: number }} ports of the private servers
 */

/** @typedef {Record<string, string | undefined>} Variables */

/**
 * @param {Variables} variables
 * @param {string} root of the project; relative paths are the caller's
 * @returns {Settings}
 */
export function readSettings(variables, root) {
  /** @type {string[]} */
  const problems = [];
  const port = (/** @type {string} */ name) => readPort(variables, name, problems);
  const settings = {
    dataDirectory: resolve(valueOf(variables, 'KRATY_DATA_DIRECTORY') ?? join(root, '.data')),
    host: valueOf(variables, 'HOST') ?? '127.0.0.1',
    port: port('PORT') ?? DEFAULT_PORT,
    publicOrigin: valueOf(variables, 'PUBLIC_ORIGIN'),
    opsPort: port('OPS_PORT') || undefined,
    given: {
      postgres: readServer(variables, POSTGRES_VARIABLES, RULES.postgres, problems),
      redis: readServer(variables, ['REDIS_URL'], RULES.redis, problems),
      nats: readServer(variables, ['NATS_URL'], RULES.nats, problems),
    },
    ports: { postgres: port('POSTGRES_PORT'), redis: port('REDIS_PORT'), nats: port('NATS_PORT') },
  };
  if (problems.length > 0) throw new Error(problems.join('\n'));
  return settings;
}

/** An empty variable counts as absent, as shells and Compose files leave it. @param {Variables} variables @param {string} name */
function valueOf(variables, name) {
  return variables[name]?.trim() || undefined;
}

/** @param {Variables} variables @param {string} name @param {string[]} problems @returns {number | undefined} */
function readPort(variables, name, problems) {
  const text = valueOf(variables, name);
  if (text === undefined) return undefined;
  const port = Number(text);
  if (/^\d+$/.test(text) && port <= PORT_MAX) return port;
  problems.push(`${name} must be a port from 0 to ${PORT_MAX}, and is "${text}".`);
  return undefined;
}

/**
 * @param {Variables} variables @param {string[]} names @param {{ pattern: RegExp, example: string }} rule
 * @param {string[]} problems @returns {GivenServer | undefined}
 */
function readServer(variables, names, { pattern, example }, problems) {
  const variable = names.find((name) => valueOf(variables, name) !== undefined);
  if (variable === undefined) return undefined;
  const url = /** @type {string} */ (valueOf(variables, variable));
  if (pattern.test(url)) return { variable, url };
  // The value stays out of the message: it may hold a password.
  problems.push(`${variable} must look like ${example}.`);
  return undefined;
}

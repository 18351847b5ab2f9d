/** The environment of every process of the system, made from ours. */

import { databaseVariable, DOOR } from './services.mjs';

/** What npm and the shell tell us is no business of the services, and addresses are given to each on purpose. */
const NOT_INHERITED = /^(npm_|INIT_CWD$|NODE_OPTIONS$|BOOTSTRAP_ADMIN_|[A-Z]*_?DATABASE_URL$|POSTGRES_|KRATY_DATA_)/;

/**
 * @typedef {object} Facts
 * @property {import('./settings.mjs').Variables} variables of this process
 * @property {Record<string, string>} databaseUrls by service
 * @property {string} redisUrl
 * @property {string} natsUrl
 * @property {string} host
 * @property {number} port
 * @property {string} origin
 * @property {import('./secrets.mjs').Secrets} secrets
 */

/** @typedef {Record<string, string>} Environment */

/** One service in a process of its own. @param {string} service @param {Facts} facts @param {number} opsPort @returns {Environment} */
export function environmentOf(service, facts, opsPort) {
  const url = facts.databaseUrls[service];
  return {
    ...shared(facts, opsPort),
    ...(service === DOOR ? door(facts) : {}),
    ...(service === 'identity' ? operator(facts) : {}),
    ...(url === undefined ? {} : { DATABASE_URL: url }),
    OTEL_SERVICE_NAME: `kraty-${service}`,
  };
}

/** All services in one process. @param {Facts} facts @param {number} opsPort @returns {Environment} */
export function hostEnvironment(facts, opsPort) {
  const urls = Object.entries(facts.databaseUrls).map(([service, url]) => [databaseVariable(service), url]);
  return {
    ...shared(facts, opsPort),
    ...door(facts),
    ...operator(facts),
    ...Object.fromEntries(urls),
    OTEL_SERVICE_NAME: 'kraty',
  };
}

/** @param {Facts} facts @param {number} opsPort @returns {Environment} */
function shared({ variables, redisUrl, natsUrl, secrets }, opsPort) {
  return {
    ...inherited(variables),
    NATS_URL: natsUrl,
    REDIS_URL: redisUrl,
    OPS_PORT: String(opsPort),
    KRATY_MASTER_KEY: secrets.masterKey,
  };
}

/** @param {Facts} facts @returns {Environment} */
function door({ host, port, origin }) {
  return { HOST: host, PORT: String(port), PUBLIC_ORIGIN: origin };
}

/** @param {Facts} facts @returns {Environment} */
function operator({ secrets }) {
  return { BOOTSTRAP_ADMIN_EMAIL: secrets.admin.email, BOOTSTRAP_ADMIN_PASSWORD: secrets.admin.password };
}

/** @param {import('./settings.mjs').Variables} variables @returns {Environment} */
function inherited(variables) {
  const kept = Object.entries(variables).filter(([name, value]) => value !== undefined && !NOT_INHERITED.test(name));
  return /** @type {Environment} */ (Object.fromEntries(kept));
}

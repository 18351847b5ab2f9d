/** What is drawn once and kept: without it the data could not be opened again. */

import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { readJson, writePrivateJson } from './private-files.mjs';

const SECRETS_FILE = 'secrets.json';
const ADMIN_EMAIL = 'admin@kraty.local';

/**
 * @typedef {object} Secrets
 * @property {{ email: string, password: string }} admin
 * @property {string} masterKey 32 bytes in base64
 * @property {Record<string, string>} databasePasswords by service
 */

/**
 * @param {string} dataDirectory
 * @param {import('./settings.mjs').Variables} variables what they name goes before what is kept
 * @param {string[]} services that have a schema
 * @returns {Promise<Secrets>}
 */
export async function keepSecrets(dataDirectory, variables, services) {
  const file = join(dataDirectory, SECRETS_FILE);
  const kept = readJson(file);
  const secrets = completed(kept, variables, services);
  if (JSON.stringify(secrets) !== JSON.stringify(kept)) await writePrivateJson(file, secrets);
  return secrets;
}

/**
 * @param {Partial<Secrets> | undefined} kept
 * @param {import('./settings.mjs').Variables} variables
 * @param {string[]} services
 * @returns {Secrets}
 */
export function completed(kept, variables, services) {
  const { BOOTSTRAP_ADMIN_EMAIL: email, BOOTSTRAP_ADMIN_PASSWORD: password, KRATY_MASTER_KEY: masterKey } = variables;
  const passwords = kept?.databasePasswords ?? {};
  return {
    admin: {
      email: email || kept?.admin?.email || ADMIN_EMAIL,
      password: password || kept?.admin?.password || drawn(18),
    },
    masterKey: masterKey || kept?.masterKey || randomBytes(32).toString('base64'),
    databasePasswords: {
      ...passwords,
      ...Object.fromEntries(services.map((service) => [service, passwords[service] ?? drawn(24)])),
    },
  };
}

/** @param {number} bytes @returns {string} */
function drawn(bytes) {
  return randomBytes(bytes).toString('base64url');
}

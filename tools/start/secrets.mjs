/** What is drawn once and kept: without it the data could not be opened again. */

import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { readJson, writePrivateJson } from './private-files.mjs';

const SECRETS_FILE = 'secrets.json';
const ADMIN_EMAIL = 'admin@kraty.local';
/** Characters (04 §2). */
const PASSWORD_MIN = 12;
const PASSWORD_MAX = 128;

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
  return { ...secrets, admin: adminOf(variables, secrets.admin) };
}

/**
 * What is kept stays: the data was made with it. What the variables name is kept only where nothing is yet.
 * @param {Partial<Secrets> | undefined} kept
 * @param {import('./settings.mjs').Variables} variables
 * @param {string[]} services
 * @returns {Secrets}
 * @throws Error when a variable could not work, or names another master key than the data was made with
 */
export function completed(kept, variables, services) {
  const passwords = kept?.databasePasswords ?? {};
  return {
    admin: kept?.admin ?? adminOf(variables, { email: ADMIN_EMAIL, password: drawn(18) }),
    masterKey: masterKeyOf(variables, kept?.masterKey),
    databasePasswords: {
      ...passwords,
      ...Object.fromEntries(services.map((service) => [service, passwords[service] ?? drawn(24)])),
    },
  };
}

/**
 * The operator to sign in as: what the variables name holds for this run, in front of what is kept.
 * @param {import('./settings.mjs').Variables} variables @param {Secrets['admin']} otherwise
 */
function adminOf({ BOOTSTRAP_ADMIN_EMAIL: email, BOOTSTRAP_ADMIN_PASSWORD: password }, otherwise) {
  if (email && !/^[^\s@]+@[^\s@]+$/.test(email)) throw new Error('BOOTSTRAP_ADMIN_EMAIL must be an email address.');
  if (password && (password.length < PASSWORD_MIN || password.length > PASSWORD_MAX))
    throw new Error(`BOOTSTRAP_ADMIN_PASSWORD must have ${PASSWORD_MIN} to ${PASSWORD_MAX} characters.`);
  return { email: email || otherwise.email, password: password || otherwise.password };
}

/** @param {import('./settings.mjs').Variables} variables @param {string | undefined} kept */
function masterKeyOf({ KRATY_MASTER_KEY: given }, kept) {
  if (given && kept && given !== kept)
    throw new Error(
      'KRATY_MASTER_KEY is not the key that the data was made with: leave it out, or forget the data with npm start -- --fresh.',
    );
  return kept || given || randomBytes(32).toString('base64');
}

/** @param {number} bytes @returns {string} */
function drawn(bytes) {
  return randomBytes(bytes).toString('base64url');
}

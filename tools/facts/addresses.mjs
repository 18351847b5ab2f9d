/** Where the databases and the broker of a system are: as the environment says, else as `npm start` has written it down. */

import { join, resolve } from 'node:path';
import { servicesWithSchema } from '../lib/migrations.mjs';
import { readJson } from '../start/private-files.mjs';
import { databaseVariable } from '../start/services.mjs';

/** @typedef {{ natsUrl: string, databases: { service: string, url: string }[] }} Addresses */

/**
 * @param {string | undefined} service all of them when absent
 * @param {{ root: string, variables: Record<string, string | undefined> }} surroundings
 * @returns {Addresses}
 * @throws Error with a sentence that says what to do
 */
export function readAddresses(service, { root, variables }) {
  const directory = resolve(variables['KRATY_DATA_DIRECTORY']?.trim() || join(root, '.data'));
  /** @type {Record<string, string>} */
  const written = readJson(join(directory, 'databases.json')) ?? {};
  const natsUrl = variables['NATS_URL'] || readJson(join(directory, 'broker.json'))?.natsUrl;
  const names = service === undefined ? Object.keys(written) : [service];
  const databases = names.map((name) => ({ service: name, url: variables[databaseVariable(name)] || written[name] }));
  const missing = databases.find(({ url }) => url === undefined)?.service;
  if (missing !== undefined) {
    const known = servicesWithSchema();
    if (!known.includes(missing))
      throw new Error(`There is no database of ${missing}; there are: ${known.join(', ')}.`);
    throw new Error(`The database of ${missing} is not known: set ${databaseVariable(missing)}.`);
  }
  if (natsUrl === undefined || databases.length === 0) {
    throw new Error(
      `No system runs here (looked in ${directory}): begin one with npm start, or name a service and set NATS_URL.`,
    );
  }
  return { natsUrl, databases: /** @type {Addresses['databases']} */ (databases) };
}

/**
 * A person waits for the answer: a broker that is not there now is not waited for.
 * @param {string} url @param {string} name
 * @returns {Promise<import('@kraty/platform/messaging').NatsLink>}
 * @throws Error with a sentence that says what to do
 */
export async function openLink(url, name) {
  // It is built only when this is called.
  const { NatsLink } = await import('@kraty/platform/messaging');
  return NatsLink.open({ url, name, connectWithinMs: 2000 }).catch((error) => {
    throw new Error(`${error.message}: begin a system with npm start in another terminal, or set NATS_URL.`, {
      cause: error,
    });
  });
}

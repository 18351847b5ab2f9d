/** One schema and one role a service, and in each the migrations that are missing. */

import { deploy, provision } from '../lib/migrations.mjs';
import { databaseVariable } from './services.mjs';

const DATABASE = 'kraty';
/** Those that every cluster has; nobody keeps a game there on purpose. */
const MAINTENANCE_DATABASES = ['', 'postgres', 'template1'];

/** @param {string} url of the superuser @returns {string} the database to use */
export function databaseOf(url) {
  const name = decodeURIComponent(new URL(url).pathname.slice(1));
  return MAINTENANCE_DATABASES.includes(name) ? DATABASE : name;
}

/**
 * @param {{ superuserUrl: string, services: string[], passwords: Record<string, string>,
 *   variables: import('./settings.mjs').Variables }} what a service whose own variable names its database keeps that one
 * @returns {Promise<{ urls: Record<string, string>, applied: number }>}
 */
export async function migrate({ superuserUrl, services, passwords, variables }) {
  const { named, others } = splitByVariable(services, variables);
  const provisioned =
    others.length === 0
      ? {}
      : await provision({ superuserUrl, database: databaseOf(superuserUrl), services: others, passwords });
  const urls = { ...provisioned, ...named };
  let applied = 0;
  for (const service of services) {
    applied += (await deploy({ url: /** @type {string} */ (urls[service]), service })).length;
  }
  return { urls, applied };
}

/** @param {string[]} services @param {import('./settings.mjs').Variables} variables */
export function splitByVariable(services, variables) {
  const named = Object.fromEntries(
    services.flatMap((service) => {
      const url = variables[databaseVariable(service)]?.trim();
      return url ? [[service, url]] : [];
    }),
  );
  return { named, others: services.filter((service) => !(service in named)) };
}

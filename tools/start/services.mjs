/** Which services there are: every app that was built, one process each, or all of them in one. */

import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Stopped first and started last: it is the only one that strangers talk to. */
export const DOOR = 'gateway';

/** @param {string} root @returns {string[]} the door last */
export function builtServices(root) {
  const apps = readdirSync(join(root, 'apps')).filter((name) => existsSync(join(root, 'apps', name, 'dist/main.js')));
  return [...apps.filter((name) => name !== DOOR).sort(), ...apps.filter((name) => name === DOOR)];
}

/** @param {string} service @returns {string} the variable that names its database to a process that hosts several */
export function databaseVariable(service) {
  return `${service.toUpperCase()}_DATABASE_URL`;
}

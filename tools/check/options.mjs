/** What stands after `npm run check --`. */

import { parseArgs } from 'node:util';

export const USAGE = `Looks at a running system for rows that contradict what must always be true, and names them.

  npm run check                     everything: holdings against the ledger, totals, claims against deposits, pools
  npm run check -- --sample         a hundredth of the players and grants, another one each hour
  npm run check -- --help           say this

It asks the services of the system that npm start runs here, or of NATS_URL and <SERVICE>_DATABASE_URL where these are
set. It writes nothing. Exit code 0: all is well; 1: something was found; 2: it could not be looked at.
`;

const HOUR_MS = 3_600_000;
const PERCENTILES = 100;

/**
 * @typedef {object} Options
 * @property {number | null} percentile null = everything
 * @property {boolean} help
 */

/** @param {string[]} words @param {number} [nowMs] @returns {Options} @throws Error that says which word is wrong */
export function parseOptions(words, nowMs = Date.now()) {
  const known = /** @type {const} */ ({ sample: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } });
  try {
    const { values } = parseArgs({ args: words, options: known });
    const percentile = values.sample ? Math.floor(nowMs / HOUR_MS) % PERCENTILES : null;
    return { percentile, help: values.help ?? false };
  } catch (error) {
    const [reason] = /** @type {Error} */ (error).message.split(/\. |\n/, 1);
    throw new Error(`${reason}. What can be asked for: npm run check -- --help`, { cause: error });
  }
}

/** What stands after `npm start --`. */

import { parseArgs } from 'node:util';

export const USAGE = `Starts the whole system with everything it needs, and a demo game.

  npm start [-- options]

  --config FILE  apply this configuration document (YAML or JSON) instead of the demo
  --split        run each service as a process of its own
  --fresh        forget the data first
  --help         say this

Variables: PORT, HOST, PUBLIC_ORIGIN, OPS_PORT; POSTGRES_URL (a superuser's), REDIS_URL and NATS_URL for servers of your
own, else POSTGRES_PORT, REDIS_PORT and NATS_PORT for the private ones; BOOTSTRAP_ADMIN_EMAIL and
BOOTSTRAP_ADMIN_PASSWORD; KRATY_DATA_DIRECTORY; and those of .env.example, which go to the services as they are.
`;

/**
 * @typedef {object} Options
 * @property {string | undefined} config
 * @property {boolean} split
 * @property {boolean} fresh
 * @property {boolean} help
 */

/**
 * @param {string[]} words of the command line
 * @returns {Options}
 * @throws Error that says which word is wrong
 */
export function parseOptions(words) {
  try {
    const { values } = parseArgs({
      args: words,
      options: {
        config: { type: 'string' },
        split: { type: 'boolean', default: false },
        fresh: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
    const { config, split = false, fresh = false, help = false } = values;
    return { config, split, fresh, help };
  } catch (error) {
    const [reason] = /** @type {Error} */ (error).message.split(/\. |\n/, 1);
    throw new Error(`${reason}. What can be asked for: npm start -- --help`, { cause: error });
  }
}

/** What stands after `npm run demo --`. */

import { parseArgs } from 'node:util';

export const USAGE = `Simulated players play on a running system, and what they were told is compared with what it holds.

  npm run demo [-- options]

  --players N        how many (default 100)
  --seconds N        for how long (default 30)
  --seed TEXT        of everything the players decide (default: saltlight); how far they come, the clock decides
  --environment E    test or live (default test): where the players are made
  --connection FILE  what npm start wrote (default .data/kraty.json, or that of KRATY_DATA_DIRECTORY)
  --help             say this
`;

const PLAYERS_MAX = 5_000;
const SECONDS_MAX = 3_600;

/**
 * @typedef {object} Options
 * @property {number} players
 * @property {number} seconds
 * @property {string} seed
 * @property {'test' | 'live'} environment
 * @property {string | undefined} connection
 * @property {boolean} help
 */

/**
 * @param {string[]} words of the command line
 * @returns {Options}
 * @throws Error that says which word is wrong
 */
export function parseOptions(words) {
  const { values } = parsed(words);
  const { environment, connection, seed, help } = values;
  if (environment !== 'test' && environment !== 'live') throw refused(`--environment is test or live`);
  return {
    players: whole('players', values.players, PLAYERS_MAX),
    seconds: whole('seconds', values.seconds, SECONDS_MAX),
    seed,
    environment,
    connection,
    help,
  };
}

/** @param {string[]} words */
function parsed(words) {
  try {
    return parseArgs({
      args: words,
      options: {
        players: { type: 'string', default: '100' },
        seconds: { type: 'string', default: '30' },
        seed: { type: 'string', default: 'saltlight' },
        environment: { type: 'string', default: 'test' },
        connection: { type: 'string' },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
  } catch (error) {
    const [reason] = /** @type {Error} */ (error).message.split(/\. |\n/, 1);
    throw refused(/** @type {string} */ (reason), error);
  }
}

/** @param {string} name @param {string} text @param {number} max */
function whole(name, text, max) {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= 1 && value <= max) return value;
  throw refused(`--${name} is a whole number from 1 to ${max}`);
}

/** @param {string} reason @param {unknown} [cause] */
function refused(reason, cause) {
  return new Error(`${reason}. What can be asked for: npm run demo -- --help`, { cause });
}

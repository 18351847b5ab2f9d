/** What stands after `npm run facts --`. */

import { parseArgs } from 'node:util';

const DEEDS = /** @type {const} */ (['list', 'unpark', 'replay']);
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

export const USAGE = `Facts that were given up, or lost with a broker's disk. Consumers know what they have applied.

  npm run facts -- list [service]              what the services have parked, and why
  npm run facts -- unpark <service> <id…>      publish parked facts again, once their reason is mended
  npm run facts -- replay <service> --since TIME [--subject SUBJECT]
                                               publish again what the service has published since then (7 days are kept);
                                               SUBJECT is like kraty.fact.events.attempt.scored
  npm run facts -- --help                      say this

It asks the system that npm start runs here, or <SERVICE>_DATABASE_URL and NATS_URL where these are set.
`;

/**
 * @typedef {object} Options
 * @property {typeof DEEDS[number]} deed
 * @property {string | undefined} service all of them when absent
 * @property {string[]} ids
 * @property {Date} since
 * @property {string | null} subject
 * @property {boolean} help
 */

/** @param {string[]} words @returns {Options} @throws Error that says which word is wrong */
export function parseOptions(words) {
  const { values, positionals } = parsed(words);
  const [deed, service, ...ids] = positionals;
  const help = (values.help ?? false) || deed === undefined;
  const options = {
    deed: known(deed ?? 'list'),
    service,
    ids,
    since: new Date(values.since ?? NaN),
    subject: values.subject ?? null,
    help,
  };
  if (!help) assertComplete(options);
  return options;
}

/** @param {string[]} words */
function parsed(words) {
  const options = /** @type {const} */ ({
    since: { type: 'string' },
    subject: { type: 'string' },
    help: { type: 'boolean', short: 'h' },
  });
  try {
    return parseArgs({ args: words, options, allowPositionals: true });
  } catch (error) {
    const [reason] = /** @type {Error} */ (error).message.split(/\. |\n/, 1);
    throw new Error(`${reason}. What can be asked for: npm run facts -- --help`, { cause: error });
  }
}

/** @param {string} word @returns {Options['deed']} */
function known(word) {
  const deed = DEEDS.find((one) => one === word);
  if (deed === undefined) throw new Error(`${word} is none of ${DEEDS.join(', ')}: npm run facts -- --help`);
  return deed;
}

/** @param {Options} options */
function assertComplete({ deed, service, ids, since }) {
  if (deed !== 'list' && service === undefined) throw new Error(`${deed} needs the name of a service.`);
  if (deed === 'unpark' && ids.length === 0) throw new Error('unpark needs the ids that list shows.');
  const odd = ids.find((id) => !UUID.test(id));
  if (odd !== undefined) throw new Error(`${odd} is no id of a parked fact.`);
  if (deed === 'replay' && Number.isNaN(since.getTime())) {
    throw new Error('replay needs --since with a time like 2026-06-08T12:00:00Z.');
  }
}

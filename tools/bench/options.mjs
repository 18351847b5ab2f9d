/** What stands after `npm run bench --`. */

import { parseArgs } from 'node:util';
import { QUICK_SIZES, TRIALS, WHOLE_SIZES } from './trials.mjs';

/** The load stays bounded whatever is asked for. */
const SECONDS_MAX = 600;
const CONNECTIONS_MAX = 256;
const RATE_PER_SECOND_MAX = 50_000;
const PARTICIPANTS_MAX = 10_000_000;
const STREAMS_MAX = 20_000;
const PERCENT_MAX = 100;
/** Most players are through before a window ends. */
const RUNNING_PERCENT = 5;

const TRIAL_LINES = TRIALS.map(({ name, what }) => `${name.padEnd(14)} ${what}`).join('\n                   ');

export const USAGE = `Measures the split system on private servers, and the raw limits of what it stands on.

  npm run bench [-- options]

  --seconds N      how long each scenario is measured (10)
  --connections N  keep-alive connections of the client, at most ${CONNECTIONS_MAX} (128)
  --rate N         calls a second of the run at a fixed arrival rate (3000)
  --only NAME      only this scenario; may be given several times. These run only when named:
                   ${TRIAL_LINES}
  --participants N of finalize (1000000)
  --running N      of finalize: how many of a hundred attempts run until the window ends (5)
  --streams N      of streams, at most ${STREAMS_MAX} (10000)
  --json FILE      where the figures go (bench-result.json)
  --profile DIR    a CPU profile of every service, written there when it stops
  --quick          a few hundred players and a second each: shows that the bench works, measures nothing
  --help           say this
`;

/**
 * @typedef {object} Options
 * @property {number} seconds
 * @property {number} warmUpSeconds
 * @property {number} connections
 * @property {number} rate
 * @property {string[]} only all scenarios when empty
 * @property {string} json
 * @property {string | undefined} profile
 * @property {number} players
 * @property {number} reporters players who report progress
 * @property {number} participants
 * @property {number} runningPercent
 * @property {number} streams
 * @property {number} scores
 * @property {boolean} quick
 * @property {boolean} help
 */

const WHOLE = {
  players: 10_000,
  reporters: 2_000,
  seconds: 10,
  warmUpSeconds: 3,
  connections: 128,
  rate: 3_000,
  ...WHOLE_SIZES,
};
const QUICK = {
  players: 100,
  reporters: 60,
  seconds: 1,
  // What one scenario left for the next may be used up at once, and something has to be measured of it.
  warmUpSeconds: 0,
  connections: 8,
  rate: 100,
  ...QUICK_SIZES,
};

/** @param {string[]} words @param {readonly string[]} names of the scenarios @returns {Options} */
export function parseOptions(words, names) {
  const { values } = parseArgs({
    args: words,
    options: {
      seconds: { type: 'string' },
      connections: { type: 'string' },
      rate: { type: 'string' },
      participants: { type: 'string' },
      running: { type: 'string' },
      streams: { type: 'string' },
      only: { type: 'string', multiple: true, default: [] },
      json: { type: 'string', default: 'bench-result.json' },
      profile: { type: 'string' },
      quick: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  const { only = [], json = '', profile, quick = false, help = false } = values;
  const unknown = only.find((name) => !names.includes(name));
  if (unknown !== undefined) throw new Error(`There is no scenario ${unknown}; there are: ${names.join(', ')}.`);
  const usual = quick ? QUICK : WHOLE;
  return {
    ...usual,
    seconds: bounded('seconds', values.seconds, usual.seconds, SECONDS_MAX),
    connections: Math.floor(bounded('connections', values.connections, usual.connections, CONNECTIONS_MAX)),
    rate: bounded('rate', values.rate, usual.rate, RATE_PER_SECOND_MAX),
    participants: Math.floor(bounded('participants', values.participants, usual.participants, PARTICIPANTS_MAX)),
    runningPercent: values.running === '0' ? 0 : bounded('running', values.running, RUNNING_PERCENT, PERCENT_MAX),
    streams: Math.floor(bounded('streams', values.streams, usual.streams, STREAMS_MAX)),
    ...{ only, json, profile, quick, help },
  };
}

/** @param {string} name @param {string | undefined} text @param {number} usual @param {number} max */
function bounded(name, text, usual, max) {
  if (text === undefined) return usual;
  const value = Number(text);
  if (value > 0 && value <= max) return value;
  throw new Error(`--${name} takes a number above 0 and at most ${max}.`);
}

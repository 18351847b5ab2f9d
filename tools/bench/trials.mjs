/**
 * What takes long, or needs a system of its own shape: run only when it is asked for by name, and in a quick run, small.
 * Each is a module of the folder `trials`.
 */

/**
 * @typedef {object} Trial
 * @property {string} name
 * @property {string} what
 */

/** @type {Trial[]} */
export const TRIALS = [
  { name: 'bots', what: 'Reads of a board with 500 bots' },
  { name: 'scores', what: 'Scores applied by one leaderboards process' },
  { name: 'streams', what: 'Streams open at one gateway' },
  { name: 'finalize', what: 'Finalization of a large board' },
];

/** How large they are, all of it and in a quick run. */
export const WHOLE_SIZES = { participants: 1_000_000, streams: 10_000, scores: 100_000 };
export const QUICK_SIZES = { participants: 1_500, streams: 30, scores: 1_000 };

/**
 * @typedef {object} TrialResult
 * @property {[what: string, figure: string][]} lines as people read them
 * @property {Record<string, unknown>} figures the same for programs
 * @property {{ text: string, isMet: boolean }[]} targets
 * @property {number} failures
 * @property {string[]} examples of failures
 */

/** @param {string} name @param {import('./run.mjs').Run} run @returns {Promise<TrialResult>} */
export async function runTrial(name, run) {
  const { trial } = await import(`./trials/${name}.mjs`);
  return trial(run);
}

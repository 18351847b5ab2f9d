/** What bots cost those who read a board: two boards alike, but that one has bots which go on while it is read. */

import { BOT_EVENT, NO_BOT_EVENT } from '../game.mjs';
import { boardWith } from './enter.mjs';
import { cpuMs, readBoard, readBoardAlone, shown } from './reads.mjs';

const DEARER_MS_MAX = 2;
/** Boards that are filled with bots are of this size rather than crowds. */
const HUMANS_MAX = 500;

/** @param {import('../run.mjs').Run} run @returns {Promise<import('../trials.mjs').TrialResult>} */
export async function trial(run) {
  const humans = Math.min(HUMANS_MAX, run.options.players);
  await boardWith(run, NO_BOT_EVENT, humans);
  await boardWith(run, BOT_EVENT, humans);
  const alone = {
    without: await readBoardAlone(run, 'board read alone, no bots', NO_BOT_EVENT),
    with: await readBoardAlone(run, 'board read alone, 500 bots', BOT_EVENT),
  };
  const loaded = {
    without: await readBoard(run, 'board read, no bots', NO_BOT_EVENT),
    with: await readBoard(run, 'board read, 500 bots', BOT_EVENT),
  };
  const dearer = meanMs(alone.with) - meanMs(alone.without);
  const dearerCpu = cpuMs(loaded.with) - cpuMs(loaded.without);
  const all = [alone.with, alone.without, loaded.with, loaded.without];
  return {
    figures: { humans, alone, loaded, dearerMs: dearer, dearerCpuMs: dearerCpu },
    lines: [
      ['', 'no bots, 500 bots'],
      ['one read after the other, mean', pair(alone, meanMs)],
      ['  p99', pair(alone, ({ latencyMs }) => latencyMs.p99)],
      ['  longest', pair(alone, ({ latencyMs }) => latencyMs.max)],
      ['under load, reads a second', `${shown(loaded.without.perSecond, 0)}, ${shown(loaded.with.perSecond, 0)}`],
      ['  processor time a read', pair(loaded, cpuMs)],
    ],
    targets: [
      { text: `a read takes less than ${DEARER_MS_MAX} ms longer`, isMet: dearer < DEARER_MS_MAX },
      { text: `a read costs less than ${DEARER_MS_MAX} ms of processor time more`, isMet: dearerCpu < DEARER_MS_MAX },
    ],
    failures: all.reduce((sum, { failures }) => sum + failures, 0),
    examples: all.flatMap(({ examples }) => examples),
  };
}

/** One connection asks again as soon as it is answered. @param {import('../measurement.mjs').Measurement} measured */
function meanMs({ perSecond }) {
  return 1_000 / perSecond;
}

/** @typedef {import('../measurement.mjs').Measurement} Measurement */

/** @param {{ without: Measurement, with: Measurement }} both @param {(one: Measurement) => number} figure */
function pair(both, figure) {
  return `${shown(figure(both.without))} ms, ${shown(figure(both.with))} ms`;
}

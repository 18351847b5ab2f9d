/** Many readers of one board's stream while players write: from the write to the frame at the readers. */

import { STREAM_EVENT } from '../game.mjs';
import { between, memory, read } from '../meters.mjs';
import { boardWith } from './enter.mjs';
import { peakLines, withPeak } from './peak.mjs';
import { shown } from './reads.mjs';

const WRITES_PER_SECOND = 100;
const WRITERS_MAX = 200;

/** @param {import('../run.mjs').Run} run @returns {Promise<import('../trials.mjs').TrialResult>} */
export async function trial(run) {
  const { system, options, progress, client } = run;
  const writers = Math.min(WRITERS_MAX, options.players);
  const leaderboardId = await boardWith(run, STREAM_EVENT, writers);
  const { streams, seconds } = options;
  const idleMb = memory(system.processes).gateway;
  /** @type {import('../meters.mjs').Reading | undefined} */
  let before;
  /** @type {import('../meters.mjs').Reading | undefined} */
  let after;
  let openMb = 0;
  const processes = { client: client.pid, ...system.processes };
  const job = { eventKey: STREAM_EVENT, leaderboardId, streams, writers, writesPerSecond: WRITES_PER_SECOND, seconds };
  const { result, peakMb } = await withPeak({ gateway: system.processes.gateway }, () =>
    progress.step(`${streams} streams, ${WRITES_PER_SECOND} writes a second`, () =>
      client.run(
        { ...job, address: system.door },
        {
          onMeasuring: () => ((before = read(processes)), (openMb = memory(system.processes).gateway)),
          onMeasured: () => (after = read(processes)),
        },
      ),
    ),
  );
  const { fanOutMs, answerMs, written, frames, failures, examples } = /** @type {any} */ (result);
  const { cpu, elapsed } = between(
    /** @type {import('../meters.mjs').Reading} */ (before),
    /** @type {import('../meters.mjs').Reading} */ (after),
  );
  return {
    figures: {
      streams,
      written,
      frames,
      fanOutMs,
      answerMs,
      idleMb,
      openMb,
      peakMb,
      cpuSeconds: cpu,
      seconds: elapsed,
    },
    lines: [
      ['open streams of one board', streams.toLocaleString('en-US')],
      ['writes a second', shown(written / seconds, 0)],
      ['from write to frame: p50, p95, p99', times(fanOutMs)],
      ['from write to its answer: p50, p95, p99', times(answerMs)],
      ['gateway before, with the streams open', `${Math.round(idleMb)} MB, ${Math.round(openMb)} MB`],
      ...peakLines({ gateway: peakMb.gateway }),
      ['cores of gateway, client', `${shown(cpu.gateway / elapsed)}, ${shown(cpu.client / elapsed)}`],
    ],
    targets: [{ text: `${streams} streams stay open and miss nothing`, isMet: failures === 0 }],
    failures,
    examples,
  };
}

/** @param {{ p50: number, p95: number, p99: number }} latencies */
function times({ p50, p95, p99 }) {
  return [p50, p95, p99].map((ms) => `${shown(ms, 1)} ms`).join(', ');
}

/** Many readers of one board's stream at one gateway while players write there: from the write to the frame, and the end. */

import { loadavg } from 'node:os';
import { STREAM_EVENT } from '../game.mjs';
import { between, memory, read } from '../meters.mjs';
import { boardWith } from './enter.mjs';
import { withPeak } from './peak.mjs';
import { shown } from './reads.mjs';

const WRITES_PER_SECOND = 100;
const WRITERS_MAX = 200;
/** A stopping gateway has so long (STOP_SECONDS). */
const STOP_SECONDS_MAX = 20;

/** @param {import('../run.mjs').Run} run @returns {Promise<import('../trials.mjs').TrialResult>} */
export async function trial(run) {
  const { options, progress, system } = run;
  const writers = Math.min(WRITERS_MAX, options.players);
  // A gateway of its own, which may be stopped.
  const [gateway, leaderboardId] = await Promise.all([system.startGateway(), boardWith(run, STREAM_EVENT, writers)]);
  const measured = await measureFrames(run, gateway, { eventKey: STREAM_EVENT, leaderboardId, writers });
  const stopped = await progress.step('stop it', () => stopWithReaders(run, gateway));
  const { streams } = options;
  const { fanOutMs, answerMs, written, frames, failures, idleMb, openMb, peakMb, cpu, elapsed } = measured;
  const cores = Object.entries(cpu).map(([name, seconds]) => `${name} ${shown(seconds / elapsed)}`);
  const isStopped = stopped.left + stopped.broken === 0 && stopped.seconds < STOP_SECONDS_MAX;
  return {
    figures: {
      ...{ streams, written, frames, fanOutMs, answerMs, idleMb, openMb, peakMb },
      ...{ cpuSeconds: cpu, seconds: elapsed, stopped, loadBefore: measured.loadBefore },
    },
    lines: [
      ['open streams of one board', streams.toLocaleString('en-US')],
      ['load of the machine before', shown(measured.loadBefore)],
      ['writes a second', shown(written / options.seconds, 0)],
      ['from write to frame: p50, p95, p99', times(fanOutMs)],
      ['from write to its answer: p50, p95, p99', times(answerMs)],
      ['gateway before, open, peak', [idleMb, openMb, peakMb].map((mb) => `${Math.round(mb)} MB`).join(', ')],
      ['gateway for a frame at a reader', `${shown((cpu.gateway / written / streams) * 1e6)} µs of a core`],
      ...cores.map(
        (/** @type {string} */ text, index) => /** @type {[string, string]} */ ([index ? '' : 'cores', text]),
      ),
      [
        'graceful stop of the gateway, its last stream',
        `${shown(stopped.seconds)} s, ${shown(stopped.endedSeconds)} s`,
      ],
    ],
    targets: [
      { text: `${streams} streams stay open and miss nothing`, isMet: failures === 0 },
      { text: `a stop ends all of them, within ${STOP_SECONDS_MAX} s`, isMet: isStopped },
    ],
    failures: failures + (isStopped ? 0 : 1),
    examples: isStopped
      ? measured.examples
      : [...measured.examples, `${stopped.left} streams did not end, ${stopped.broken} broke`],
  };
}

/**
 * @param {import('../run.mjs').Run} run @param {import('../system.mjs').OwnGateway} gateway
 * @param {{ eventKey: string, leaderboardId: string, writers: number }} board
 */
async function measureFrames({ system, options, progress, client }, { door, pid }, board) {
  const { streams, seconds } = options;
  const own = { gateway: pid };
  const processes = { ...system.processes, ...own, client: client.pid };
  const [idleMb, loadBefore] = [memory(own).gateway, loadavg()[0] ?? 0];
  /** @type {import('../meters.mjs').Reading | undefined} */
  let before;
  /** @type {import('../meters.mjs').Reading | undefined} */
  let after;
  let openMb = 0;
  const moments = {
    onMeasuring: () => ((before = read(processes)), (openMb = memory(own).gateway)),
    onMeasured: () => (after = read(processes)),
  };
  const job = { ...board, streams, writesPerSecond: WRITES_PER_SECOND, seconds, address: door };
  const { result, peakMb } = await withPeak(own, () =>
    progress.step(`${streams} streams, ${WRITES_PER_SECOND} writes a second`, () => client.run(job, moments)),
  );
  const { cpu, elapsed, elsewhere } = between(
    /** @type {import('../meters.mjs').Reading} */ (before),
    /** @type {import('../meters.mjs').Reading} */ (after),
  );
  return {
    .../** @type {any} */ (result),
    idleMb,
    openMb,
    peakMb: peakMb.gateway,
    loadBefore,
    cpu: { ...cpu, elsewhere },
    elapsed,
  };
}

/** Its readers are all there still. @param {import('../run.mjs').Run} run @param {import('../system.mjs').OwnGateway} gateway */
async function stopWithReaders({ client }, gateway) {
  const startedAt = performance.now();
  const [ends, seconds] = await Promise.all([
    client.run({ ends: true }),
    gateway.stop().then(() => (performance.now() - startedAt) / 1_000),
  ]);
  const { endedMs, left, broken } = /** @type {any} */ (ends);
  return { seconds, endedSeconds: endedMs / 1_000, left, broken };
}

/** @param {{ p50: number, p95: number, p99: number }} latencies */
function times({ p50, p95, p99 }) {
  return [p50, p95, p99].map((ms) => `${shown(ms, 1)} ms`).join(', ');
}

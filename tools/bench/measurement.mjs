/** One run of load, and what every process spent on it. */

import { between, memory, read } from './meters.mjs';

const MICROSECONDS = 1_000_000;

/**
 * @typedef {object} Measurement
 * @property {number} calls
 * @property {number} seconds
 * @property {number} perSecond
 * @property {{ p50: number, p95: number, p99: number, max: number }} latencyMs
 * @property {number} failures
 * @property {string[]} examples
 * @property {Record<string, number>} cpuMicrosecondsPerCall by process
 * @property {Record<string, number>} coresUsed by process; `elsewhere` is what processes that are not ours took
 * @property {Record<string, number>} memoryMb by process, at the end
 */

/**
 * @param {import('./worker.mjs').Worker} worker
 * @param {object} job
 * @param {import('./meters.mjs').Processes} processes
 * @returns {Promise<Measurement | undefined>} undefined when nothing could be measured
 */
export async function measure(worker, job, processes) {
  /** @type {import('./meters.mjs').Reading | undefined} */
  let before;
  /** @type {import('./meters.mjs').Reading | undefined} */
  let after;
  const result = await worker.run(job, {
    onMeasuring: () => (before = read(processes)),
    onMeasured: () => (after = read(processes)),
  });
  const { calls, seconds, latencyMs, failures, examples } = result;
  if (before === undefined || after === undefined || calls === 0) {
    return failures > 0 ? { ...nothing, failures, examples } : undefined;
  }
  const { elapsed, cpu, elsewhere } = between(before, after);
  return {
    calls,
    seconds,
    perSecond: calls / seconds,
    latencyMs,
    failures,
    examples,
    cpuMicrosecondsPerCall: each(cpu, (used) => (used / calls) * MICROSECONDS),
    coresUsed: each({ ...cpu, elsewhere }, (used) => used / elapsed),
    memoryMb: memory(processes),
  };
}

/** Tells a figure at once that will stand in the table. @param {(text: string) => void} note */
export function noted(note) {
  return (/** @type {Measurement | undefined} */ measured) => {
    if (measured === undefined) note('not measured');
    else
      note(
        `${Math.round(measured.perSecond)}/s, p99 ${measured.latencyMs.p99.toFixed(1)} ms, ${measured.failures} failed`,
      );
    return measured;
  };
}

const nothing = {
  calls: 0,
  seconds: 0,
  perSecond: 0,
  latencyMs: { p50: 0, p95: 0, p99: 0, max: 0 },
  cpuMicrosecondsPerCall: {},
  coresUsed: {},
  memoryMb: {},
};

/** @param {Record<string, number>} values @param {(value: number) => number} change */
function each(values, change) {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, change(value)]));
}

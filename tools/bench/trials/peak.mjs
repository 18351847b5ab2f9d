/** The most memory each process had during some work. */

import { writeFileSync, readFileSync } from 'node:fs';
import { memory } from '../meters.mjs';

/** A family of processes has no high-water mark of its own and is looked at this often. Milliseconds. */
const LOOK_MS = 250;
const RESET_HIGH_WATER_MARK = '5';

/**
 * @template T
 * @param {import('../meters.mjs').Processes} processes @param {() => Promise<T>} work
 * @returns {Promise<{ result: T, peakMb: Record<string, number> }>}
 */
export async function withPeak(processes, work) {
  const { postgres, ...others } = processes;
  for (const pid of Object.values(others)) writeFileSync(`/proc/${pid}/clear_refs`, RESET_HIGH_WATER_MARK);
  let family = 0;
  const look = () => {
    if (postgres !== undefined) family = Math.max(family, memory({ postgres }).postgres);
  };
  const looking = setInterval(look, LOOK_MS);
  try {
    const result = await work();
    look();
    const peaks = Object.entries(others).map(([name, pid]) => [name, highWaterMark(pid)]);
    return {
      result,
      peakMb: { ...Object.fromEntries(peaks), ...(postgres === undefined ? {} : { postgres: family }) },
    };
  } finally {
    clearInterval(looking);
  }
}

/** @param {number} pid */
function highWaterMark(pid) {
  return Number(/^VmHWM:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) / 1_024;
}

/** @param {Record<string, number>} peakMb @returns {[string, string][]} */
export function peakLines(peakMb) {
  return Object.entries(peakMb).map(([name, megabytes]) => [`peak of ${name}`, `${Math.round(megabytes)} MB`]);
}

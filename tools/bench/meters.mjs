/** Processor time and memory of processes, as Linux counts them. */

import { readdirSync, readFileSync } from 'node:fs';

/** The kernel reports in hundredths of a second on every platform it runs on. */
const TICKS_PER_SECOND = 100;

/** @typedef {{ at: number, seconds: Record<string, number>, machineSeconds: number }} Reading `at` in milliseconds */
/** @typedef {Record<string, number>} Processes name -> process id */

/** One whose children do its work, and are counted with it. */
const FAMILIES = new Set(['postgres']);

/** @param {Processes} processes @returns {Reading} */
export function read(processes) {
  const children = childrenOf(Object.entries(processes).flatMap(([name, pid]) => (FAMILIES.has(name) ? [pid] : [])));
  const seconds = Object.fromEntries(
    Object.entries(processes).map(([name, pid]) => [name, secondsOf(pid, children.get(pid))]),
  );
  return { at: performance.now(), seconds, machineSeconds: machineSeconds() };
}

/**
 * What happened between two readings. `elsewhere` is what processes that are not ours took, which tells whether the
 * figures were taken on a machine of their own.
 * @param {Reading} before @param {Reading} after
 */
export function between(before, after) {
  const elapsed = (after.at - before.at) / 1_000;
  const cpu = Object.fromEntries(
    Object.entries(after.seconds).map(([name, seconds]) => [name, seconds - (before.seconds[name] ?? 0)]),
  );
  const ours = Object.values(cpu).reduce((sum, seconds) => sum + seconds, 0);
  const elsewhere = Math.max(0, after.machineSeconds - before.machineSeconds - ours);
  return { elapsed, cpu, elsewhere };
}

/** Megabytes by process; memory that PostgreSQL's processes share is counted once. @param {Processes} processes */
export function memory(processes) {
  return Object.fromEntries(
    Object.entries(processes).map(([name, pid]) => {
      if (!FAMILIES.has(name)) return [name, megabytes(`/proc/${pid}/status`, /^VmRSS:\s+(\d+)/m)];
      const family = [pid, ...(childrenOf([pid]).get(pid) ?? [])];
      return [name, family.reduce((sum, one) => sum + megabytes(`/proc/${one}/smaps_rollup`, /^Pss:\s+(\d+)/m), 0)];
    }),
  );
}

/** @param {string} file @param {RegExp} pattern of kilobytes */
function megabytes(file, pattern) {
  const found = pattern.exec(contentOf(file));
  return found === null ? 0 : Number(found[1]) / 1_024;
}

/** Those who have ended are in their parent's count. @param {number} pid @param {number[]} [children] */
function secondsOf(pid, children) {
  const own = statOf(pid);
  if (own === undefined) return 0;
  const living = (children ?? []).map((child) => statOf(child)?.ticks ?? 0);
  const ended = children === undefined ? 0 : own.endedTicks;
  return (own.ticks + ended + living.reduce((sum, ticks) => sum + ticks, 0)) / TICKS_PER_SECOND;
}

/** @param {number[]} parents */
function childrenOf(parents) {
  /** @type {Map<number, number[]>} */
  const children = new Map(parents.map((parent) => [parent, []]));
  if (parents.length === 0) return children;
  for (const entry of readdirSync('/proc')) {
    const pid = Number(entry);
    if (Number.isInteger(pid)) children.get(statOf(pid)?.parent ?? 0)?.push(pid);
  }
  return children;
}

/** @param {number} pid */
function statOf(pid) {
  const text = contentOf(`/proc/${pid}/stat`);
  if (text === '') return undefined;
  // The name in parentheses may hold anything, so fields are counted from its end.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const [parent, user, system, endedUser, endedSystem] = [1, 11, 12, 13, 14].map((index) => Number(fields[index]));
  return { parent, ticks: user + system, endedTicks: endedUser + endedSystem };
}

/** Busy time of all processors. */
function machineSeconds() {
  const [, user, nice, system, , , interrupts, softInterrupts] = contentOf('/proc/stat').split('\n', 1)[0].split(/\s+/);
  const ticks = [user, nice, system, interrupts, softInterrupts].reduce((sum, field) => sum + Number(field), 0);
  return ticks / TICKS_PER_SECOND;
}

/** A process may leave while we look. @param {string} file */
function contentOf(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}

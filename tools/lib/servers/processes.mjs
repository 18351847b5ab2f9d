/** What can be known about, and done to, a process that this one may not have started. */

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

const POLL_EVERY_MS = 10;
const KILLED_WITHIN_MS = 30_000;

/**
 * Tells a process apart from a later one that was given the same number.
 * @param {number} pid
 * @returns {string | undefined} undefined when no such process lives
 */
export function processMark(pid) {
  if (!Number.isInteger(pid) || pid <= 0) return undefined;
  return process.platform === 'linux' ? markFromProc(pid) : markFromPs(pid);
}

/** @param {number} pid @param {string | undefined} mark what processMark answered when the process was started */
export function isSameProcess(pid, mark) {
  return mark !== undefined && processMark(pid) === mark;
}

/** @param {number} pid @returns {string} the words the process was started with, '' when it is gone */
export function commandLine(pid) {
  try {
    if (process.platform === 'linux') return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
    return execFileSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8' });
  } catch {
    return '';
  }
}

/**
 * Asks a process to leave, insists after the grace, and returns once it is gone.
 * @param {{ pid: number, mark: string | undefined, signal: NodeJS.Signals, graceMs: number }} target
 */
export async function terminate({ pid, mark, signal, graceMs }) {
  if (!send(pid, mark, signal)) return;
  if (await goneWithin(pid, mark, graceMs)) return;
  send(pid, mark, 'SIGKILL');
  if (await goneWithin(pid, mark, KILLED_WITHIN_MS)) return;
  throw new Error(`process ${pid} is still there ${KILLED_WITHIN_MS} ms after SIGKILL`);
}

/** @param {number} pid @param {string | undefined} mark @param {NodeJS.Signals} signal */
function send(pid, mark, signal) {
  if (!isSameProcess(pid, mark)) return false;
  try {
    process.kill(pid, signal);
    return true;
  } catch (error) {
    if (/** @type {NodeJS.ErrnoException} */ (error).code === 'ESRCH') return false;
    throw error;
  }
}

/** @param {number} pid @param {string | undefined} mark @param {number} withinMs */
async function goneWithin(pid, mark, withinMs) {
  const until = performance.now() + withinMs;
  while (performance.now() < until) {
    if (!isSameProcess(pid, mark)) return true;
    await delay(POLL_EVERY_MS);
  }
  return !isSameProcess(pid, mark);
}

/** @param {number} pid */
function markFromProc(pid) {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name in the second field may hold spaces and brackets, so count from the last bracket.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (fields[0] === 'Z') return undefined;
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    return `${boot}/${fields[19]}`;
  } catch {
    return undefined;
  }
}

/** @param {number} pid */
function markFromPs(pid) {
  try {
    const [state = '', ...started] = execFileSync('ps', ['-o', 'stat=,lstart=', '-p', String(pid)], {
      encoding: 'utf8',
    })
      .trim()
      .split(/\s+/);
    return state.startsWith('Z') || started.length === 0 ? undefined : started.join(' ');
  } catch {
    return undefined;
  }
}

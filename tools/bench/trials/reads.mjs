/** Reads of one event's board, under load and one at a time. */

import { measure } from '../measurement.mjs';

/** One after the other: what a read costs by itself, without waiting for others. */
const ALONE_CONNECTIONS = 1;

/**
 * @param {import('../run.mjs').Run} run @param {string} what @param {string} eventKey
 * @param {{ connections?: number }} [load]
 */
export async function readBoard({ system, options, progress, client }, what, eventKey, { connections } = {}) {
  const { seconds, warmUpSeconds } = options;
  const shape = { address: system.door, seconds, warmUpSeconds, connections: connections ?? options.connections };
  const measured = await progress.step(what, async (note) => {
    const result = await measure(
      client,
      { plan: 'board', eventKey, ...shape },
      { client: client.pid, ...system.processes },
    );
    note(result === undefined ? 'not measured' : `${Math.round(result.perSecond)}/s`);
    return result;
  });
  if (measured === undefined) throw new Error(`${what}: nothing was measured`);
  return measured;
}

/** @param {import('../run.mjs').Run} run @param {string} what @param {string} eventKey */
export function readBoardAlone(run, what, eventKey) {
  return readBoard(run, what, eventKey, { connections: ALONE_CONNECTIONS });
}

/** Time of all processors together that went into one read. Milliseconds. @param {import('../measurement.mjs').Measurement} measured */
export function cpuMs({ cpuMicrosecondsPerCall }) {
  const servers = Object.entries(cpuMicrosecondsPerCall).filter(([name]) => name !== 'client');
  return servers.reduce((sum, [, microseconds]) => sum + microseconds, 0) / 1_000;
}

/** @param {number} value @param {number} [decimals] */
export function shown(value, decimals = 2) {
  return value.toLocaleString('en-US', { minimumFractionDigits: decimals, maximumFractionDigits: decimals });
}

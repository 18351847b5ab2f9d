/**
 * Who runs a server on a data directory: written beside the data at start, so that what a crashed parent left behind
 * is found and ended by the next start, and what a living parent uses is left alone.
 */

import { readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { commandLine, isSameProcess, processMark, terminate } from './processes.mjs';

const RECORD_FILE = 'server.json';

/**
 * @typedef {object} ServerRecord
 * @property {string} name
 * @property {number} pid
 * @property {string} mark of the server's process
 * @property {number} ownerPid
 * @property {string} ownerMark of the process that started it
 */

/** Another living process runs this server on this data; the message says what to do. */
export class ServerInUseError extends Error {
  /** @param {ServerRecord} record @param {string} dataDirectory */
  constructor(record, dataDirectory) {
    super(
      `${record.name} already runs on ${dataDirectory}, started by process ${record.ownerPid}: ` +
        'stop that one first, or use another data directory.',
    );
    this.name = 'ServerInUseError';
  }
}

/** @param {string} dataDirectory @param {string} name @param {number} pid */
export async function writeRecord(dataDirectory, name, pid) {
  /** @type {ServerRecord} */
  const record = {
    name,
    pid,
    mark: processMark(pid) ?? '',
    ownerPid: process.pid,
    ownerMark: processMark(process.pid) ?? '',
  };
  await writeFile(join(dataDirectory, RECORD_FILE), JSON.stringify(record));
}

/** @param {string} dataDirectory */
export async function eraseRecord(dataDirectory) {
  await rm(join(dataDirectory, RECORD_FILE), { force: true });
}

/** @param {string} dataDirectory @returns {Promise<ServerRecord | undefined>} */
export async function readRecord(dataDirectory) {
  try {
    return JSON.parse(await readFile(join(dataDirectory, RECORD_FILE), 'utf8'));
  } catch {
    // Absent, or cut short by a crash while it was written: the search by command line still finds the server.
    return undefined;
  }
}

/**
 * Ends what an earlier parent left running on this data.
 * @param {{ dataDirectory: string, signal: NodeJS.Signals, graceMs: number, suspectPid?: number }} options suspectPid: a
 *   process that a lock file of the server names; ended only when its command line names the data directory
 */
export async function reapStale({ dataDirectory, signal, graceMs, suspectPid }) {
  const record = await readRecord(dataDirectory);
  if (record !== undefined && isSameProcess(record.pid, record.mark)) {
    if (isSameProcess(record.ownerPid, record.ownerMark)) throw new ServerInUseError(record, dataDirectory);
    await terminate({ pid: record.pid, mark: record.mark, signal, graceMs });
  }
  if (suspectPid !== undefined && commandLine(suspectPid).includes(dataDirectory)) {
    await terminate({ pid: suspectPid, mark: processMark(suspectPid), signal, graceMs });
  }
  await eraseRecord(dataDirectory);
}

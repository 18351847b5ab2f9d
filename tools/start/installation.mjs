/** Whether `node_modules` is what package-lock.json says. Stands on Node alone: it runs before anything is installed. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const OUTPUT_KEPT_CHARACTERS = 1_500;

/**
 * @typedef {{ version?: string, optional?: boolean, devOptional?: boolean, peer?: boolean, link?: boolean }} LockedPackage
 * @typedef {{ packages: Record<string, LockedPackage> }} Lock
 */

/** @param {string} root @returns {boolean} */
export function isInstalled(root) {
  const installed = readLock(join(root, 'node_modules/.package-lock.json'));
  const wanted = readLock(join(root, 'package-lock.json'));
  return wanted === undefined || (installed !== undefined && agrees(wanted, installed));
}

/**
 * npm writes down what it installed in the form of the lock file. What is optional may be missing: it is for another
 * platform.
 * @param {Lock} wanted @param {Lock} installed @returns {boolean}
 */
export function agrees(wanted, installed) {
  return Object.entries(wanted.packages).every(([path, { version, optional, devOptional }]) => {
    if (!path.startsWith('node_modules/') || optional || devOptional) return true;
    const found = installed.packages[path];
    return found !== undefined && found.version === version;
  });
}

/** @param {string} file @returns {Lock | undefined} */
function readLock(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

/** Ends with `signal`, npm included: two installs at once break each other. @param {string} root @param {AbortSignal} signal */
export async function install(root, signal) {
  const npm = process.env.npm_execpath;
  const command = ['ci', '--loglevel=error'];
  const [program, ...words] = npm ? [process.execPath, npm, ...command] : ['npm', ...command];
  const child = spawn(program, words, { cwd: root, stdio: ['ignore', 'pipe', 'pipe'], signal });
  let output = '';
  // npm says first what is wrong, and then how it is used.
  const keep = (/** @type {Buffer} */ chunk) => (output = (output + chunk.toString()).slice(0, OUTPUT_KEPT_CHARACTERS));
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  const failure = once(child, 'error').then(([error]) => error.message);
  const ended = once(child, 'close').then(([code]) => (code === 0 ? undefined : `exit code ${code}`));
  const problem = await Promise.race([failure, ended]);
  // An aborted child reports at once and leaves a little later.
  if (signal.aborted) await ended;
  if (problem === undefined) return;
  throw new Error(`The packages could not be installed (${problem}): run npm ci yourself.\n${output}`);
}

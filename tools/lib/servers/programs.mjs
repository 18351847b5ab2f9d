/** The programs that come from the system: where they are, and how they get there. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

const INSTALL_WITHIN_MS = 10 * 60_000;
const OUTPUT_KEPT_CHARACTERS = 2_000;

/** Where servers are installed that an ordinary user's PATH leaves out. */
const MORE_FOLDERS = ['/usr/sbin', '/usr/local/bin', '/usr/local/sbin', '/opt/homebrew/bin'];

/** @param {string} program @returns {string | undefined} its full path */
export function findProgram(program) {
  const folders = [...(process.env.PATH ?? '').split(delimiter), ...MORE_FOLDERS].filter((folder) => folder !== '');
  return folders.map((folder) => join(folder, program)).find(isExecutable);
}

/**
 * The full paths of programs whose Debian packages bear the same names; what is missing is installed where that is possible.
 * The system's own instances, which a package may start, are neither used nor touched: ours have ports and folders of their own.
 * @param {string[]} programs
 * @param {(text: string) => void} [onProgress]
 * @returns {Promise<string[]>}
 */
export async function requirePrograms(programs, onProgress = () => {}) {
  const missing = programs.filter((program) => findProgram(program) === undefined);
  if (missing.length > 0) await install(missing, onProgress);
  return programs.map((program) => findProgram(program) ?? refuse([program], 'was installed but cannot be found'));
}

/** @param {string[]} packages @param {(text: string) => void} onProgress */
async function install(packages, onProgress) {
  const apt = findProgram('apt-get');
  if (apt === undefined) refuse(packages, 'cannot be found on this machine');
  if (process.getuid?.() !== 0) refuse(packages, 'cannot be found, and only root may install it');
  onProgress(`installing ${packages.join(' and ')} with apt-get`);
  await run(apt, ['update'], packages);
  await run(apt, ['install', '-y', '--no-install-recommends', '-o', 'DPkg::Lock::Timeout=120', ...packages], packages);
  onProgress(`installed ${packages.join(' and ')}`);
}

/** @param {string} program @param {string[]} words @param {string[]} packages */
async function run(program, words, packages) {
  const environment = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const child = spawn(program, words, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: environment,
    timeout: INSTALL_WITHIN_MS,
  });
  let output = '';
  const keep = (/** @type {Buffer} */ chunk) => (output = (output + chunk.toString()).slice(-OUTPUT_KEPT_CHARACTERS));
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  const [code] = await once(child, 'close');
  if (code !== 0) refuse(packages, `cannot be found, and "${program} ${words[0]}" failed:\n${output}\n`);
}

/** @param {string[]} programs @param {string} why @returns {never} */
function refuse(programs, why) {
  throw new Error(
    `${programs.join(' and ')} ${why}. Install it (Debian and Ubuntu: sudo apt-get install ${programs.join(' ')}; ` +
      `macOS: brew install ${programs.map((program) => program.replace('redis-server', 'redis')).join(' ')}) and start again.`,
  );
}

/** @param {string} path */
function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

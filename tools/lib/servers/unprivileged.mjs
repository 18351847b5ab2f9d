/** PostgreSQL refuses to run as root, so root lends it another user and places its files where that user can reach them. */

import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { accessSync, constants, mkdirSync, readFileSync, statSync } from 'node:fs';
import { chown, mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { findProgram } from './programs.mjs';

/** @typedef {{ uid: number, gid: number }} User */

const SYSTEM_USER = 'kraty';
const FALLBACK_USER = 'nobody';
const CREATE_WITHIN_MS = 10_000;
const MOVED_FILE = 'moved-to';

export function isRoot() {
  return process.getuid?.() === 0;
}

/**
 * The user to run as: whoever owns the data already, else the system user kraty, made when it is missing.
 * @param {string} clusterDirectory
 * @returns {User | undefined} undefined when this process may run the server as itself
 */
export function userFor(clusterDirectory) {
  if (!isRoot()) return undefined;
  return ownerOf(clusterDirectory) ?? lookUp(SYSTEM_USER) ?? createSystemUser() ?? nobody();
}

/**
 * Whether the user can read a path, or write to it; asked of the system itself, which knows of every kind of rule.
 * @param {User | undefined} user @param {'r' | 'w' | 'x'} right @param {string} path
 */
export function canReach(user, right, path) {
  if (user === undefined) return canReachMyself(right, path);
  return spawnSync('/usr/bin/test', [`-${right}`, path], { ...user, cwd: '/' }).status === 0;
}

/**
 * A directory for data that the user can reach: the wanted one, or, when a folder above it is closed to the user (a
 * project below /root), one elsewhere on the machine. The wanted directory then notes where; when the note is gone the
 * data was thrown away, and so is the copy elsewhere.
 * @param {string} wanted @param {User | undefined} user
 * @returns {Promise<string>}
 */
export async function reachableDirectory(wanted, user) {
  await mkdir(wanted, { recursive: true });
  if (user === undefined) return ownDirectory(wanted);
  await chown(wanted, user.uid, user.gid);
  if (canReach(user, 'w', wanted)) return wanted;
  const elsewhere = join(sharedDirectory(), `data-${createHash('sha256').update(wanted).digest('hex').slice(0, 16)}`);
  const note = join(wanted, MOVED_FILE);
  if ((await readFile(note, 'utf8').catch(() => '')) !== elsewhere)
    await rm(elsewhere, { recursive: true, force: true });
  await mkdir(elsewhere, { recursive: true });
  await chown(elsewhere, user.uid, user.gid);
  if (!canReach(user, 'w', elsewhere))
    throw new Error(`The user that runs PostgreSQL can write neither ${wanted} nor ${elsewhere}.`);
  await writeFile(note, elsewhere);
  return elsewhere;
}

/** @param {string} wanted @returns {string} */
function ownDirectory(wanted) {
  if (canReach(undefined, 'w', wanted)) return wanted;
  throw new Error(`${wanted} belongs to another user: start as that user (root, if it was root), or remove it.`);
}

/** Where things go that must be readable from outside the project. @returns {string} */
export function sharedDirectory() {
  if (!isRoot()) return join(tmpdir(), `kraty-${process.getuid?.() ?? 'user'}`);
  for (const folder of ['/var/lib/kraty', join(tmpdir(), 'kraty-root')]) {
    try {
      mkdirSync(folder, { recursive: true, mode: 0o755 });
      accessSync(folder, constants.W_OK);
      return folder;
    } catch {
      // A read-only system: the temporary folder is next.
    }
  }
  throw new Error(`Neither /var/lib/kraty nor a folder below ${tmpdir()} can be written.`);
}

/** @param {'r' | 'w' | 'x'} right @param {string} path */
function canReachMyself(right, path) {
  const modes = { r: constants.R_OK, w: constants.W_OK, x: constants.X_OK };
  try {
    accessSync(path, modes[right]);
    return true;
  } catch {
    return false;
  }
}

/** @param {string} path @returns {User | undefined} */
function ownerOf(path) {
  const { uid, gid } = statSync(path, { throwIfNoEntry: false }) ?? { uid: 0, gid: 0 };
  // initdb asks for its own user's name, so an owner who has left the machine is no help.
  return uid === 0 || !passwd().some((entry) => entry.uid === uid) ? undefined : { uid, gid };
}

/** @returns {User | undefined} */
function createSystemUser() {
  const useradd = findProgram('useradd');
  if (useradd === undefined) return undefined;
  try {
    const words = [
      '--system',
      '--user-group',
      '--no-create-home',
      '--home-dir',
      '/nonexistent',
      '--shell',
      '/usr/sbin/nologin',
    ];
    execFileSync(useradd, [...words, SYSTEM_USER], { stdio: 'ignore', timeout: CREATE_WITHIN_MS });
  } catch {
    // Refused, or a process beside this one was quicker: what counts is whether the user is there now.
  }
  return lookUp(SYSTEM_USER);
}

/** @returns {User} */
function nobody() {
  const user = lookUp(FALLBACK_USER);
  if (user !== undefined) return user;
  throw new Error(
    `PostgreSQL refuses to run as root, and there is neither a user ${SYSTEM_USER} nor ${FALLBACK_USER} to run it: ` +
      `create one (useradd --system ${SYSTEM_USER}), or start as an ordinary user.`,
  );
}

/** @param {string} name @returns {User | undefined} */
function lookUp(name) {
  const entry = passwd().find((candidate) => candidate.name === name);
  return entry === undefined ? undefined : { uid: entry.uid, gid: entry.gid };
}

function passwd() {
  const lines = readFileSync('/etc/passwd', 'utf8').split('\n');
  return lines.map((line) => {
    const [name, , uid, gid] = line.split(':');
    return { name, uid: Number(uid), gid: Number(gid) };
  });
}

/** @param {string} path a file or folder below the data, made by root for the user @param {User | undefined} user */
export async function giveTo(path, user) {
  if (user !== undefined) await chown(path, user.uid, user.gid);
}

/** @param {string} dataDirectory as it was asked for; forgets it and what was put elsewhere for it */
export async function removeDirectory(dataDirectory) {
  const elsewhere = await readFile(join(dataDirectory, MOVED_FILE), 'utf8').catch(() => '');
  if (elsewhere !== '' && dirname(elsewhere) === sharedDirectory())
    await rm(elsewhere, { recursive: true, force: true });
  await rm(dataDirectory, { recursive: true, force: true });
}

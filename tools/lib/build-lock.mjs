import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';

const WAIT_MAX_MS = 180_000;
const POLL_MS = 100;

/**
 * Runs `work` while no other process holds the lock file, so that `npm start` and `npm test` started together build
 * once. A lock whose process is gone is taken over.
 * @throws Error when another live process keeps the lock longer than three minutes.
 */
export async function withLock(path, work) {
  mkdirSync(dirname(path), { recursive: true });
  const giveUpAt = Date.now() + WAIT_MAX_MS;
  while (!take(path)) {
    if (Date.now() > giveUpAt) throw new Error(`another build holds ${path}; stop it, or delete the file`);
    await sleep(POLL_MS);
  }
  try {
    return await work();
  } finally {
    rmSync(path, { force: true });
  }
}

function take(path) {
  try {
    writeFileSync(path, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
    if (!holderIsAlive(path)) rmSync(path, { force: true });
    return false;
  }
}

/** An empty file belongs to a process between creating and writing it. */
function holderIsAlive(path) {
  try {
    const pid = Number(readFileSync(path, 'utf8'));
    if (pid > 0) process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

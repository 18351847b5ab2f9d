import { randomBytes } from 'node:crypto';
import { processMark } from '../../../../tools/lib/servers.mjs';

const TEST_NAME = /_(\d+)_[0-9a-f]{8}$/;

/** A name that tells which process it was made for, so that another can clean up after a crash. */
export function testName(prefix: string): string {
  return `${prefix}_${process.pid}_${randomBytes(4).toString('hex')}`;
}

/** Made for a process that is gone. */
export function isOrphan(name: string): boolean {
  const pid = TEST_NAME.exec(name)?.[1];
  return pid !== undefined && processMark(Number(pid)) === undefined;
}

import { createHash, randomFillSync } from 'node:crypto';

const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** Random bytes drawn at a time: one call to the kernel serves this many ids. */
const idsAPool = 512;
const bytesAnId = 10;
const pool = Buffer.alloc(idsAPool * bytesAnId);
let poolAt = pool.length;

/** The 12 bits after the time count up within one millisecond, so that ids of one process sort as they were made. */
const counterMax = 0xfff;
let lastMs = 0;
let counter = 0;

const hex = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** True for `8-4-4-4-12` hex in any case and of any version. */
export function isUuid(text: string): boolean {
  return uuidPattern.test(text);
}

/**
 * A UUID of version 7, lower case, growing within the process (01 §11).
 *
 * @param nowMs the clock's epoch milliseconds; ids made with an earlier one still sort after those already made
 */
export function uuidV7(nowMs: number = Date.now()): string {
  if (nowMs > lastMs) {
    lastMs = nowMs;
    counter = 0;
  } else if (counter < counterMax) {
    counter += 1;
  } else {
    lastMs += 1;
    counter = 0;
  }
  if (poolAt >= pool.length) {
    randomFillSync(pool);
    poolAt = 0;
  }
  const at = poolAt;
  poolAt += bytesAnId;
  const time = lastMs.toString(16).padStart(12, '0');
  const sequence = (0x7000 | counter).toString(16);
  const variant = hex[(pool[at]! & 0x3f) | 0x80]! + hex[pool[at + 1]!]!;
  let node = '';
  for (let byte = at + 2; byte < at + 8; byte += 1) node += hex[pool[byte]!]!;
  return `${time.slice(0, 8)}-${time.slice(8)}-${sequence}-${variant}-${node}`;
}

/** The one UUID of a name, lower case, of version 8: what is told twice is told under one id. */
export function uuidOf(name: string): string {
  const bytes = createHash('sha256').update(name).digest().subarray(0, 16);
  bytes[6] = (bytes[6]! & 0x0f) | 0x80;
  bytes[8] = (bytes[8]! & 0x3f) | 0x80;
  const text = bytes.toString('hex');
  return [text.slice(0, 8), text.slice(8, 12), text.slice(12, 16), text.slice(16, 20), text.slice(20)].join('-');
}

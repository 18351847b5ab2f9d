import { timingSafeEqual } from 'node:crypto';
import { fail } from '@kraty/platform/errors';
import { sha256Hex } from '@kraty/platform/ids';

const keyPattern = /^([ps][0-9A-Za-z]{7})\.([0-9A-Za-z_-]{43})$/;
const bearerPattern = /^bearer +(\S+) *$/i;

export interface PresentedKey {
  prefix: string;
  secret: string;
}

/**
 * The API key of an `Authorization` header (01 §2).
 *
 * @throws unauthenticated when the header is absent or blank, session_invalid when it holds no key
 */
export function presentedKey(header: string | undefined): PresentedKey {
  if (header === undefined || header.trim() === '') {
    throw fail('unauthenticated', 'send an API key as "Authorization: Bearer <key>"', undefined, challenge);
  }
  const token = bearerPattern.exec(header)?.[1];
  const match = token === undefined ? null : keyPattern.exec(token);
  if (!match) throw invalidKey();
  return { prefix: match[1]!, secret: match[2]! };
}

/** One answer for every key that does not work, so that nobody learns why (01 §2). */
export function invalidKey() {
  return fail('session_invalid', 'the API key is not valid', undefined, challenge);
}

export const challenge = { headers: { 'www-authenticate': 'Bearer' } };

/** Compares a secret with a stored SHA-256 (hex) in constant time. */
export function matchesHash(secret: string, storedHex: string): boolean {
  const presented = Buffer.from(sha256Hex(secret), 'latin1');
  const stored = Buffer.from(storedHex, 'latin1');
  return stored.length === presented.length && timingSafeEqual(presented, stored);
}

import { hash, randomBytes, timingSafeEqual } from 'node:crypto';

const secretBytes = 32;

/** 32 random bytes as 43 base64url characters: player secrets, keys, sessions (01 §§2–3). */
export function randomSecret(): string {
  return randomBytes(secretBytes).toString('base64url');
}

/** SHA-256 of a text as 64 hex digits. */
export function sha256Hex(text: string): string {
  return hash('sha256', text, 'hex');
}

/** Compares in a time that does not tell how much of the two is equal. */
export function secretsEqual(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(sha256Hex(a)), Buffer.from(sha256Hex(b))];
  return timingSafeEqual(left, right);
}

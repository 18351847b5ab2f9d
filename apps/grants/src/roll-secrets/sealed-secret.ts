import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

const algorithm = 'aes-256-gcm';
/** First byte of a sealed secret: says how the rest is laid out, so that another way may follow. */
const layout = 1;
const nonceBytes = 12;
const tagBytes = 16;

/**
 * Encrypts a secret for storage: layout, nonce, tag, ciphertext.
 *
 * @param place names the row; the secret opens only there, so that rows cannot be exchanged
 */
export function sealSecret(secret: Uint8Array, masterKey: Uint8Array, place: string): Buffer {
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv(algorithm, masterKey, nonce).setAAD(Buffer.from(place));
  const ciphertext = Buffer.concat([cipher.update(secret), cipher.final()]);
  return Buffer.concat([Buffer.from([layout]), nonce, cipher.getAuthTag(), ciphertext]);
}

/** @throws when the master key is another one, or the row was tampered with */
export function openSecret(sealed: Uint8Array, masterKey: Uint8Array, place: string): Buffer {
  const bytes = Buffer.from(sealed);
  if (bytes[0] !== layout) throw new Error(`${place}: unknown layout of a sealed secret`);
  const nonce = bytes.subarray(1, 1 + nonceBytes);
  const tag = bytes.subarray(1 + nonceBytes, 1 + nonceBytes + tagBytes);
  const ciphertext = bytes.subarray(1 + nonceBytes + tagBytes);
  const decipher = createDecipheriv(algorithm, masterKey, nonce).setAAD(Buffer.from(place)).setAuthTag(tag);
  return Buffer.concat([decipher.update(ciphertext), decipher.final()]);
}

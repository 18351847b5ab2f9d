import { createHash } from 'node:crypto';

/** The number that says, modulo the size of a pool, which of its entries a player draws (12 §8.1). */
export function drawNumber(playerId: string): number {
  return hashOf(playerId).readUIntBE(0, 6);
}

/** Digits from the same hash tell namesakes apart where there are more players than names. */
export function withDigits(name: string, playerId: string): string {
  // 10 … 9999: two to four digits.
  return `${name} ${10 + (hashOf(playerId).readUInt32BE(6) % 9_990)}`;
}

function hashOf(playerId: string): Buffer {
  return createHash('sha256').update(playerId).digest();
}

import { createHash } from 'node:crypto';

/**
 * The name a player carries until it chooses one (12 §8.1): the same for the same id and pool, for ever.
 * `crowded` = there are more players than names; then digits from the same hash tell namesakes apart.
 */
export function drawName(playerId: string, pool: readonly string[], crowded: boolean): string {
  const hash = createHash('sha256').update(playerId).digest();
  const name = pool[hash.readUIntBE(0, 6) % pool.length]!;
  if (!crowded) return name;
  // 10 … 9999: two to four digits.
  return `${name} ${10 + (hash.readUInt32BE(6) % 9_990)}`;
}

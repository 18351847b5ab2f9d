import { createHash } from 'node:crypto';

/** Bytes of a hash that make one random number. */
const randomBytes = 6;

/** Name of a board in the seeds of its bots: an event board's id, or a defined board's with period and segment (10 §3). */
export function boardKeyOf(
  board: { leaderboardId: string } & ({ period?: undefined } | { period: string; segment: string | null }),
): string {
  if (board.period === undefined) return board.leaderboardId;
  return `${board.leaderboardId}:${board.period}:${board.segment ?? ''}`;
}

/** The one source of chance of a bot, 64 lower-case hex characters (10 §3). */
export function seedOf(boardKey: string, botId: string, slot: number): string {
  return sha256(`kraty.bot.v1:${boardKey}:${botId}:${slot}`).toString('hex');
}

/** A number in [0, 1) that is always the same for a seed and a label. */
export function randomOf(seed: string, label: string): number {
  return sha256(`${seed}:${label}`).readUIntBE(0, randomBytes) / 2 ** (8 * randomBytes);
}

/** Id of the bot's row: the first half of its seed in the form of a UUID. */
export function participantIdOf(seed: string): string {
  const parts = [seed.slice(0, 8), seed.slice(8, 12), seed.slice(12, 16), seed.slice(16, 20), seed.slice(20, 32)];
  return parts.join('-');
}

/** Order in which the names of a pool are given out on a board (10 §3.1): Fisher–Yates. */
export function identityOrder(boardKey: string, poolId: string, count: number): number[] {
  const seed = sha256(`kraty.identity.v1:${boardKey}:${poolId}`).toString('hex');
  const order = Array.from({ length: count }, (_, index) => index);
  for (let last = count - 1; last >= 1; last -= 1) {
    const other = Math.floor(randomOf(seed, `shuffle:${last}`) * (last + 1));
    [order[last], order[other]] = [order[other]!, order[last]!];
  }
  return order;
}

/** Name of the k-th slot that uses a pool: names come round again with a number. */
export function identityOf<E extends { name: string }>(entries: readonly E[], order: readonly number[], k: number): E {
  const entry = entries[order[k % order.length]!]!;
  const round = Math.floor(k / order.length);
  return round === 0 ? entry : { ...entry, name: `${entry.name} ${round + 1}` };
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

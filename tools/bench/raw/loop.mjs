/** Callers that ask again as soon as they are answered. */

import { Tally } from '../client/tally.mjs';

/**
 * @param {{ callers: number, seconds: number, warmUpSeconds: number }} shape
 * @param {import('../worker-side.mjs').Tell} tell
 * @param {(turn: number) => Promise<unknown>} call
 */
export async function loop({ callers, seconds, warmUpSeconds }, tell, call) {
  const tally = new Tally(tell);
  let [over, turn] = [false, 0];
  const timers = [setTimeout(() => tally.begin(), warmUpSeconds * 1_000)];
  const stop = () => {
    over = true;
    tally.endCounted();
  };
  timers.push(setTimeout(stop, (warmUpSeconds + seconds) * 1_000));
  const one = async () => {
    while (!over) {
      const sentAt = performance.now();
      await call(turn++);
      tally.succeeded(performance.now() - sentAt);
    }
  };
  try {
    await Promise.all(Array.from({ length: callers }, one));
  } finally {
    timers.forEach((timer) => clearTimeout(timer));
    tally.end();
  }
  return tally.result();
}

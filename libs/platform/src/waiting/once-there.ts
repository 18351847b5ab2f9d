import { setTimeout as pause } from 'node:timers/promises';
import { isAway } from '../errors/index.js';

const againAfterMs = 250;
const withinMsDefault = 30_000;

export interface OnceThereOptions {
  /** Hears of the first failure only: the others are the same. */
  onAway?: (error: unknown) => void;
  withinMs?: number;
}

/**
 * Repeats `work` while what it needs is away. For what a starting process cannot do without: nobody promises in which order
 * it and its servers come up.
 *
 * @throws what `work` throws for another reason, or still throws after `withinMs` milliseconds
 */
export async function onceThere<T>(work: () => Promise<T>, options: OnceThereOptions = {}): Promise<T> {
  const { onAway = () => undefined, withinMs = withinMsDefault } = options;
  const untilMs = performance.now() + withinMs;
  for (let tries = 1; ; tries += 1) {
    try {
      return await work();
    } catch (error) {
      if (!isAway(error) || performance.now() >= untilMs) throw error;
      if (tries === 1) onAway(error);
      await pause(againAfterMs);
    }
  }
}

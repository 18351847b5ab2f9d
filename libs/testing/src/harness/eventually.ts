import { setTimeout as delay } from 'node:timers/promises';

/** Far longer than it takes, also on a machine that is slow, busy and stalls now and then. */
const DEFAULT_WITHIN_MS = 30_000;
const POLL_EVERY_MS = 20;

/**
 * Repeats an assertion until it holds, and answers what it answered; past the bound, the last failure is thrown.
 * For what becomes true by itself soon: a fact on its way, a server coming back.
 */
export async function eventually<T>(
  assertion: () => T | Promise<T>,
  { withinMs = DEFAULT_WITHIN_MS, everyMs = POLL_EVERY_MS }: { withinMs?: number; everyMs?: number } = {},
): Promise<T> {
  const until = performance.now() + withinMs;
  for (;;) {
    try {
      return await assertion();
    } catch (error) {
      if (performance.now() >= until) throw stillFailing(error, withinMs);
      await delay(everyMs);
    }
  }
}

function stillFailing(error: unknown, withinMs: number): Error {
  if (!(error instanceof Error)) return new Error(`still failing after ${withinMs} ms: ${String(error)}`);
  // The matcher's own message and stack say what was wrong; only the waiting is added.
  error.message = `still failing after ${withinMs} ms: ${error.message}`;
  return error;
}

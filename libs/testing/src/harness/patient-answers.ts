import type { Context } from '@kraty/contracts/common';
import type { RunningService } from '@kraty/platform/bootstrap';

/** Longer than a busy machine stalls, shorter than a request may take. Milliseconds. */
const patienceMs = 2_000;

/**
 * An answer waits a quarter of a second for the contexts that shall show it, and goes out without those that are late
 * (decision 0004). Where all of them run, only a stall of the machine makes one late: they are given more time, so that
 * a test that reads its own writes fails when nobody waits or nobody reports, and for no other reason.
 *
 * @param readers the contexts that run
 */
export async function answerPatiently({ app }: RunningService, readers: readonly string[]): Promise<void> {
  const { Outbox } = await import('@kraty/platform/facts');
  const outbox = app.get(Outbox, { strict: false });
  const carry = outbox.carry.bind(outbox);
  const runs = (context: Context): boolean => readers.includes(context);
  outbox.carry = (staged, options = {}) => {
    const isPatient = options.awaitApplied?.every(runs) ?? false;
    return carry(staged, isPatient ? { ...options, withinMs: patienceMs } : options);
  };
}

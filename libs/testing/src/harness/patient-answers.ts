import type { Context } from '@kraty/contracts/common';
import type { RequestRoute } from '@kraty/contracts/messages';
import type { RunningService } from '@kraty/platform/bootstrap';
import type { RequestOptions } from '@kraty/platform/messaging';

/** Longer than a busy machine stalls, shorter than a request may take. Milliseconds. */
const patienceMs = 3_000;
/** The same for a question that may follow such a wait. Milliseconds. */
const questionMs = 2_000;

/**
 * An answer waits a quarter of a second for the contexts that shall show it, and goes out without those that are late
 * (decision 0004); what others could add to it is asked for as briefly. Where all of them run, only a stall of the machine
 * makes one late: they are given more time, so that a test that reads its own writes fails when nobody waits, nobody
 * reports or nobody answers, and for no other reason.
 *
 * @param readers the contexts that run
 */
export async function answerPatiently({ app }: RunningService, readers: readonly string[]): Promise<void> {
  const { Outbox } = await import('@kraty/platform/facts');
  const { Messenger } = await import('@kraty/platform/messaging');
  const outbox = app.get(Outbox, { strict: false });
  const carry = outbox.carry.bind(outbox);
  const runs = (context: Context): boolean => readers.includes(context);
  outbox.carry = (staged, options = {}) => {
    const isPatient = options.awaitApplied?.every(runs) ?? false;
    const withinMs = Math.max(patienceMs, options.withinMs ?? 0);
    return carry(staged, isPatient ? { ...options, withinMs } : options);
  };
  const messenger = app.get(Messenger, { strict: false });
  const request = messenger.request.bind(messenger);
  messenger.request = <Q, R>(route: RequestRoute<Q, R>, body: Q, options: RequestOptions = {}): Promise<R> => {
    const isHurried = (options.deadlineMs ?? questionMs) < questionMs && runs(route.context);
    return request(route, body, isHurried ? { ...options, deadlineMs: questionMs } : options);
  };
}

import type { RequestRoute } from '@kraty/contracts/messages';
import type { Messenger, RequestOptions } from '@kraty/platform/messaging';

/** Longer than a busy machine stalls. Milliseconds. */
const patienceMs = 30_000;

/**
 * A question waits five seconds for its answer, or less where the asker says so: a bound against others that are away.
 * Where they run, only a stall of the machine makes an answer late. From now on this messenger waits for it; that nobody
 * serves a question it is told at once, as ever.
 */
export function askPatiently(messenger: Messenger): Messenger {
  const [request, requestRaw] = [messenger.request.bind(messenger), messenger.requestRaw.bind(messenger)];
  messenger.request = <Q, R>(route: RequestRoute<Q, R>, body: Q, options?: RequestOptions) =>
    request(route, body, { ...options, deadlineMs: patienceMs });
  messenger.requestRaw = <Q>(route: RequestRoute<Q, unknown>, body: Q, options?: RequestOptions) =>
    requestRaw(route, body, { ...options, deadlineMs: patienceMs });
  return messenger;
}

/** Ctrl-C and SIGTERM: once to stop in order, again to stop at once. */

/** npm passes on the signal that the terminal has sent to us already, so one Ctrl-C arrives twice, milliseconds apart. */
const ECHO_WITHIN_MS = 250;
const SIGNALS = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']);

/** @typedef {{ on(event: string, listener: () => void): unknown }} SignalSource */

/**
 * @param {{ source?: SignalSource, nowMs?: () => number, onAgain: () => void }} how onAgain: somebody insists
 * @returns {{ signal: AbortSignal, request: () => void }} aborted by the first signal, or by `request`
 */
export function interruption({ source = process, nowMs = () => performance.now(), onAgain }) {
  const asked = new AbortController();
  let askedAtMs = 0;
  const onSignal = () => {
    if (!asked.signal.aborted) {
      askedAtMs = nowMs();
      return asked.abort();
    }
    if (nowMs() - askedAtMs > ECHO_WITHIN_MS) onAgain();
  };
  for (const name of SIGNALS) source.on(name, onSignal);
  return { signal: asked.signal, request: () => asked.abort() };
}

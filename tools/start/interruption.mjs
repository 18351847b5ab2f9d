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
  let insisted = false;
  const onSignal = () => {
    if (!asked.signal.aborted) {
      askedAtMs = nowMs();
      asked.abort();
      return;
    }
    if (insisted || nowMs() - askedAtMs <= ECHO_WITHIN_MS) return;
    insisted = true;
    onAgain();
  };
  for (const name of SIGNALS) source.on(name, onSignal);
  return { signal: asked.signal, request: () => asked.abort() };
}

const PARENT_LOOK_MS = 500;

/**
 * When npm is killed, nobody is left to end what it started: then we stop as if asked. Whoever started this without npm
 * may leave before us, as a shell script does.
 * @param {{ variables: Record<string, string | undefined>, parentPid: () => number, onOrphaned: () => void }} how
 * @returns {NodeJS.Timeout | undefined}
 */
export function watchParent({ variables, parentPid, onOrphaned }) {
  if (variables.npm_lifecycle_event !== 'start') return undefined;
  const parent = parentPid();
  const timer = setInterval(() => {
    if (parentPid() === parent) return;
    clearInterval(timer);
    onOrphaned();
  }, PARENT_LOOK_MS);
  return timer.unref();
}

/**
 * Deadlines, waits and back-offs of messages run on the machine's own time, never on the injected `Clock`:
 * a test that moves the clock by a month must not let every request in flight time out.
 */
export const wallClockMs = (): number => Date.now();

import type { Context } from '@kraty/contracts/common';

/** This many late answers in a row mean that waiting is in vain. */
const lateInARowMax = 3;
const waitMsWhenOpen = 20;
/** While a context is late, one caller in this time waits in full, to learn whether it is back. */
const probeEveryMs = 1_000;

interface Lateness {
  lateInARow: number;
  probedAtMs: number;
}

/** How long to wait for a context: in full while it keeps up, hardly at all while it does not. */
export class CourtesyCircuit {
  private readonly records = new Map<Context, Lateness>();

  constructor(private readonly nowMs: () => number = () => performance.now()) {}

  /** What to wait for `context` now, at most `withinMs`. */
  waitMs(context: Context, withinMs: number): number {
    const record = this.records.get(context);
    if (record === undefined || record.lateInARow < lateInARowMax) return withinMs;
    if (this.nowMs() - record.probedAtMs < probeEveryMs) return Math.min(waitMsWhenOpen, withinMs);
    record.probedAtMs = this.nowMs();
    return withinMs;
  }

  late(context: Context): void {
    const record = this.records.get(context) ?? { lateInARow: 0, probedAtMs: 0 };
    record.lateInARow += 1;
    if (record.lateInARow === lateInARowMax) record.probedAtMs = this.nowMs();
    this.records.set(context, record);
  }

  inTime(context: Context): void {
    this.records.delete(context);
  }
}

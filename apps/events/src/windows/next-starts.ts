import type { Availability } from '@kraty/contracts/events';
import { nextStartMs } from './occurrences.js';

const keptMax = 2_000;

interface Kept {
  fromMs: number;
  nextMs: number | null;
}

/**
 * When the next window of an event begins, found once a window: with many rules in an odd zone it takes tens of
 * milliseconds, and players who come between two windows ask all at once.
 */
export class NextStarts {
  private readonly kept = new Map<string, Kept>();

  constructor(private readonly find: typeof nextStartMs = nextStartMs) {}

  /** Null when no window follows. `statement` names the availability: the event and its revision. */
  after(nowMs: number, statement: string, availability: Availability): number | null {
    const known = this.kept.get(statement);
    if (known && known.fromMs <= nowMs && (known.nextMs === null || nowMs < known.nextMs)) return known.nextMs;
    if (this.kept.size >= keptMax) this.kept.clear();
    const nextMs = this.find(availability, nowMs);
    this.kept.set(statement, { fromMs: nowMs, nextMs });
    return nextMs;
  }
}

import type { Environment } from '@kraty/contracts/common';
import type { Definition } from '../definitions/definition.js';
import type { Period } from '../definitions/period.js';
import { periodOf, type BoardPeriod } from '../parts/part.js';

/** Periods of one batch of writes, which nearly always fall into the same. */
export class BatchPeriods {
  private readonly found = new Map<Definition, BoardPeriod>();

  of(definition: Definition, environment: Environment, atMs: number): BoardPeriod {
    const known = this.found.get(definition);
    if (known && known.environment === environment && isWithin(known.period, atMs)) return known;
    const period = periodOf(definition, environment, atMs);
    this.found.set(definition, period);
    return period;
  }
}

function isWithin({ startMs, endMs }: Period, atMs: number): boolean {
  return startMs <= atMs && (endMs === null || atMs < endMs);
}

import { Injectable } from '@nestjs/common';
import { Logger } from '@kraty/platform/logging';
import { RepeatingWorker } from '@kraty/platform/rounds';
import { Periods } from './periods.service.js';

/** 06 §8. */
const everyMs = 60_000;

@Injectable()
export class PeriodsWorker extends RepeatingWorker {
  constructor(
    private readonly periods: Periods,
    logger: Logger,
  ) {
    super({ name: 'closing of periods', everyMs, logger });
  }

  override round(): Promise<void> {
    return this.periods.closeDue();
  }
}

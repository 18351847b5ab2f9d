import { Injectable } from '@nestjs/common';
import { Logger } from '@kraty/platform/logging';
import { RepeatingWorker } from '@kraty/platform/rounds';
import { ChecksService } from './checks.service.js';

/** How often an instance asks whether a turn has come. Milliseconds. */
const everyMs = 10 * 60_000;

@Injectable()
export class ChecksWorker extends RepeatingWorker {
  constructor(
    private readonly checks: ChecksService,
    logger: Logger,
  ) {
    super({ name: 'invariants', everyMs, logger });
  }

  override round(): Promise<void> {
    return this.checks.runWhenDue();
  }
}

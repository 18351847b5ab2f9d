import { Injectable } from '@nestjs/common';
import { Logger } from '@kraty/platform/logging';
import { RepeatingWorker } from '@kraty/platform/rounds';
import { RecomputationService } from './recomputation.service.js';

/** How often an instance asks whether the daily turn has come. Milliseconds. */
const everyMs = 10 * 60_000;

@Injectable()
export class RecomputationWorker extends RepeatingWorker {
  constructor(
    private readonly recomputation: RecomputationService,
    logger: Logger,
  ) {
    super({ name: 'recomputation', everyMs, logger });
  }

  override round(): Promise<void> {
    return this.recomputation.runWhenDue();
  }
}

import { Injectable } from '@nestjs/common';
import { Logger } from '@kraty/platform/logging';
import { RepeatingWorker } from '@kraty/platform/rounds';
import { Freezes } from './freezes.service.js';

/** How soon a freeze goes on that a process has left behind. */
const everyMs = 1_000;

@Injectable()
export class FreezesWorker extends RepeatingWorker {
  constructor(
    private readonly freezes: Freezes,
    logger: Logger,
  ) {
    super({ name: 'freezing of boards', everyMs, logger });
  }

  override round(): Promise<void> {
    return this.freezes.round();
  }

  override async beforeApplicationShutdown(): Promise<void> {
    await this.freezes.stop();
    await super.beforeApplicationShutdown();
  }
}

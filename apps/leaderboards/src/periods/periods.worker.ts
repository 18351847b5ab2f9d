import { Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { Logger } from '@kraty/platform/logging';
import { Rounds } from '@kraty/platform/rounds';
import { Periods } from './periods.service.js';

/** 06 §8. */
const everyMs = 60_000;

@Injectable()
export class PeriodsWorker implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly rounds: Rounds;

  constructor(periods: Periods, logger: Logger) {
    this.rounds = new Rounds({ name: 'closing of periods', everyMs, round: () => periods.closeDue(), logger });
  }

  onApplicationBootstrap(): void {
    this.rounds.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.rounds.stop();
  }
}

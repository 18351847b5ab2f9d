import { Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { Logger } from '@kraty/platform/logging';
import { Rounds } from '@kraty/platform/rounds';
import { ChecksService } from './checks.service.js';

/** How often an instance asks whether a turn has come. Milliseconds. */
const everyMs = 10 * 60_000;

@Injectable()
export class ChecksWorker implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly rounds: Rounds;

  constructor(checks: ChecksService, logger: Logger) {
    this.rounds = new Rounds({ name: 'invariants', everyMs, round: () => checks.runWhenDue(), logger });
  }

  onApplicationBootstrap(): void {
    this.rounds.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.rounds.stop();
  }
}

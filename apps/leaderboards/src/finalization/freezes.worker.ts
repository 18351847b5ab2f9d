import { Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { Logger } from '@kraty/platform/logging';
import { Rounds } from '@kraty/platform/rounds';
import { Freezes } from './freezes.service.js';

/** How soon a freeze goes on that a process has left behind. */
const everyMs = 1_000;

@Injectable()
export class FreezesWorker implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly rounds: Rounds;

  constructor(
    private readonly freezes: Freezes,
    logger: Logger,
  ) {
    this.rounds = new Rounds({ name: 'freezing of boards', everyMs, round: () => freezes.round(), logger });
  }

  onApplicationBootstrap(): void {
    this.rounds.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.freezes.stop();
    await this.rounds.stop();
  }
}

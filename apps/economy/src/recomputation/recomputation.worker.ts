import { Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { Logger } from '@kraty/platform/logging';
import { Rounds } from '@kraty/platform/rounds';
import { RecomputationService } from './recomputation.service.js';

/** How often an instance asks whether the daily turn has come. Milliseconds. */
const everyMs = 10 * 60_000;

@Injectable()
export class RecomputationWorker implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly rounds: Rounds;

  constructor(recomputation: RecomputationService, logger: Logger) {
    this.rounds = new Rounds({ name: 'recomputation', everyMs, round: () => recomputation.runWhenDue(), logger });
  }

  onApplicationBootstrap(): void {
    this.rounds.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.rounds.stop();
  }
}

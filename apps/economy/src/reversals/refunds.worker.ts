import { Injectable, type BeforeApplicationShutdown, type OnApplicationBootstrap } from '@nestjs/common';
import { Clock } from '@kraty/platform/clock';
import { Logger } from '@kraty/platform/logging';
import { Rounds } from '@kraty/platform/rounds';
import { RefundQueue } from './refund-queue.service.js';

const everyMs = 5_000;

/** Refunds that did not fit are tried until they do; they are never dropped and never shortened (08 §7). */
@Injectable()
export class RefundsWorker implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly rounds: Rounds;

  constructor(queue: RefundQueue, logger: Logger, clock: Clock) {
    this.rounds = new Rounds({ name: 'refunds', everyMs, round: () => queue.payDue(clock.now()), logger });
  }

  onApplicationBootstrap(): void {
    this.rounds.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.rounds.stop();
  }
}

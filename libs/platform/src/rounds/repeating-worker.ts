import type { BeforeApplicationShutdown, OnApplicationBootstrap } from '@nestjs/common';
import { Rounds, type RoundsOptions } from './rounds.js';

/** A worker that runs its rounds from the service's start to its end. */
export abstract class RepeatingWorker implements OnApplicationBootstrap, BeforeApplicationShutdown {
  private readonly rounds: Rounds;

  protected constructor(options: Omit<RoundsOptions, 'round'>) {
    this.rounds = new Rounds({ ...options, round: () => this.round() });
  }

  /** True once the service ends; a long round looks at it now and then. */
  protected get stopping(): boolean {
    return this.rounds.stopping;
  }

  /** One round of work; safe to run in any number of processes at once. */
  abstract round(): Promise<void>;

  onApplicationBootstrap(): void {
    this.rounds.start();
  }

  async beforeApplicationShutdown(): Promise<void> {
    await this.rounds.stop();
  }

  /** Works on items one by one until the service stops; one that fails is logged and the others have their turn. */
  protected each<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
    return this.rounds.each(items, work);
  }
}

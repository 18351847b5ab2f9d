import { Injectable } from '@nestjs/common';
import { Clock } from '@kraty/platform/clock';
import { Logger } from '@kraty/platform/logging';
import { RepeatingWorker } from '@kraty/platform/rounds';
import { RefundQueue } from './refund-queue.service.js';

const everyMs = 5_000;

/** Refunds that did not fit are tried until they do; they are never dropped and never shortened (08 §7). */
@Injectable()
export class RefundsWorker extends RepeatingWorker {
  constructor(
    private readonly queue: RefundQueue,
    private readonly clock: Clock,
    logger: Logger,
  ) {
    super({ name: 'refunds', everyMs, logger });
  }

  override round(): Promise<void> {
    return this.queue.payDue(this.clock.now());
  }
}

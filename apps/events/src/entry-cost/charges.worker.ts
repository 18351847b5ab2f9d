import { Injectable } from '@nestjs/common';
import { Logger } from '@kraty/platform/logging';
import { RepeatingWorker } from '@kraty/platform/rounds';
import { Charges } from './charges.service.js';

const everyMs = 10_000;
const chargesAChunk = 100;
const chunksARound = 20;

/** Gives back what was taken for an attempt that never came to be (08 §7). Any number of instances may run it. */
@Injectable()
export class ChargesWorker extends RepeatingWorker {
  constructor(
    logger: Logger,
    private readonly charges: Charges,
  ) {
    super({ name: 'charges', everyMs, firstAfterMs: 0, logger });
  }

  override async round(): Promise<void> {
    for (let chunk = 1; chunk <= chunksARound; chunk += 1) {
      const due = await this.charges.giveBackDue(chargesAChunk);
      await this.each(due, (charge) => this.charges.giveBack(charge));
      if (due.length < chargesAChunk) return;
    }
  }
}

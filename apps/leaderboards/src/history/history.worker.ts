import { Injectable } from '@nestjs/common';
import { Clock } from '@kraty/platform/clock';
import { Logger } from '@kraty/platform/logging';
import { RepeatingWorker } from '@kraty/platform/rounds';
import { HistoryStore } from './history.store.js';

/** 04 §6. Milliseconds. */
const everyMs = 30_000;
const keepMs = 7 * 86_400_000;
/** Rounds of several instances do not begin together; a list is due a little before its half minute is full. */
const dueAfterMs = everyMs - 5_000;
/** Of more live lists than these each is looked at more rarely. */
const listsARoundMax = 500;
const rowsSampled = 20;
const droppedARoundMax = 10_000;

/** Looks at the top of live lists now and then. */
@Injectable()
export class HistoryWorker extends RepeatingWorker {
  constructor(
    private readonly store: HistoryStore,
    private readonly clock: Clock,
    logger: Logger,
  ) {
    super({ name: 'history of boards', everyMs, logger });
  }

  /** One round; any number of instances may run it. */
  override async round(): Promise<void> {
    const now = this.clock.now();
    const due = new Date(now.getTime() - dueAfterMs);
    await this.store.take(now, due, { listsMax: listsARoundMax, rowsMax: rowsSampled });
    await this.store.drop(new Date(now.getTime() - keepMs), droppedARoundMax);
  }
}

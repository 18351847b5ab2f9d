import { Injectable } from '@nestjs/common';
import { Clock } from '@kraty/platform/clock';
import { Logger } from '@kraty/platform/logging';
import { Database } from '@kraty/platform/persistence';
import { RepeatingWorker } from '@kraty/platform/rounds';
import { OverridesStore } from '../overrides/overrides.store.js';
import { Windows } from './windows.service.js';
import { WindowsStore } from './windows.store.js';

const everyMs = 60_000;
const eventsAPage = 200;
/** Of one round; the next one goes on. */
const pagesMax = 50;
/** More than the widest horizon of the most rules needs. */
const plansAnEventMax = 40;
const firstId = '00000000-0000-0000-0000-000000000000';
const orphansARoundMax = 5_000;

/**
 * Keeps every published event's windows materialized up to its horizon (05 §2.1). Each event says when its rules next
 * ask for it, so most rounds find nothing to do. Also forgets overrides that have been without a window for 30 days.
 */
@Injectable()
export class HorizonWorker extends RepeatingWorker {
  constructor(
    logger: Logger,
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly store: WindowsStore,
    private readonly windows: Windows,
    private readonly overrides: OverridesStore,
  ) {
    super({ name: 'horizon', everyMs, firstAfterMs: 0, logger });
  }

  override async round(): Promise<void> {
    let afterId = firstId;
    for (let page = 1; page <= pagesMax; page += 1) {
      const due = await this.store.eventsToPlan(this.database, this.clock.now(), afterId, eventsAPage);
      await this.each(due, (eventId) => this.catchUp(eventId));
      afterId = due.at(-1) ?? afterId;
      if (due.length < eventsAPage) break;
    }
    await this.overrides.forgetOrphans(this.database, this.clock.now(), orphansARoundMax);
  }

  /** Plan after plan, each in a transaction of its own, so that nobody waits for all of them. */
  private async catchUp(eventId: string): Promise<void> {
    for (let plans = 1; plans <= plansAnEventMax; plans += 1) {
      const { wasBusy } = await this.windows.ensureUnlessBusy(eventId);
      if (wasBusy || !(await this.windows.isBehindNow(eventId))) return;
    }
  }
}

import { Injectable } from '@nestjs/common';
import { Clock } from '@kraty/platform/clock';
import { Logger } from '@kraty/platform/logging';
import { Database } from '@kraty/platform/persistence';
import { RepeatingWorker } from '@kraty/platform/rounds';
import { Closing } from './closing.service.js';
import { Windows } from './windows.service.js';
import { WindowsStore } from './windows.store.js';

const everyMs = 5_000;
const rowsAPage = 200;
/** Of one turn; the next round goes on. */
const pagesMax = 50;
/** In each one every window has its part, however much another has to close. */
const turnsARoundMax = 50;
const firstId = '00000000-0000-0000-0000-000000000000';

/** Opens and closes windows whose time has come (05 §15). Any number of instances may run it. */
@Injectable()
export class WindowsWorker extends RepeatingWorker {
  constructor(
    logger: Logger,
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly store: WindowsStore,
    private readonly windows: Windows,
    private readonly closing: Closing,
  ) {
    super({ name: 'windows', everyMs, firstAfterMs: 0, logger });
  }

  override async round(): Promise<void> {
    const failed = new Set<string>();
    for (let turn = 1; turn <= turnsARoundMax; turn += 1) {
      await this.openDue(failed);
      if (await this.closeDue(failed)) return;
    }
  }

  private async openDue(failed: Set<string>): Promise<void> {
    let afterId = firstId;
    for (let page = 1; page <= pagesMax; page += 1) {
      const due = await this.store.eventsToOpen(this.database, this.clock.now(), afterId, rowsAPage);
      await this.each(due, (eventId) =>
        unlessFailed(failed, eventId, async () => void (await this.windows.ensureUnlessBusy(eventId))),
      );
      if (due.length < rowsAPage) return;
      afterId = due.at(-1)!;
    }
  }

  /** False = a window has more to close than its turn has held. */
  private async closeDue(failed: Set<string>): Promise<boolean> {
    let afterId = firstId;
    let isDone = true;
    for (let page = 1; page <= pagesMax; page += 1) {
      const due = await this.store.windowsToClose(this.database, this.clock.now(), afterId, rowsAPage);
      await this.each(due, (window) =>
        unlessFailed(failed, window.id, async () => {
          isDone = (await this.closing.close(window)) && isDone;
        }),
      );
      if (due.length < rowsAPage) break;
      afterId = due.at(-1)!.id;
    }
    return isDone;
  }
}

/** What has failed is told once a round, and tried again in the next. */
async function unlessFailed(failed: Set<string>, id: string, work: () => Promise<void>): Promise<void> {
  if (failed.has(id)) return;
  try {
    await work();
  } catch (error) {
    failed.add(id);
    throw error;
  }
}

import { Injectable } from '@nestjs/common';
import { Clock } from '@kraty/platform/clock';
import { Logger } from '@kraty/platform/logging';
import { Database } from '@kraty/platform/persistence';
import { RepeatingWorker } from '../repeating.worker.js';
import { Closing } from './closing.service.js';
import { Windows } from './windows.service.js';
import { WindowsStore } from './windows.store.js';

const pauseMs = 5_000;
const eventsARoundMax = 200;
const windowsARoundMax = 200;

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
    super('windows', pauseMs, logger);
  }

  override async round(): Promise<void> {
    const toOpen = await this.store.eventsToOpen(this.database, this.clock.now(), eventsARoundMax);
    await this.each(toOpen, async (eventId) => {
      await this.windows.ensureUnlessBusy(eventId);
    });
    const toClose = await this.store.windowsToClose(this.database, this.clock.now(), windowsARoundMax);
    await this.each(toClose, (window) => this.closing.close(window));
  }
}

import { Injectable } from '@nestjs/common';
import { Logger } from '@kraty/platform/logging';
import { Database } from '@kraty/platform/persistence';
import { DefinitionsStore } from '../definitions/definitions.store.js';
import { RepeatingWorker } from '../repeating.worker.js';
import { Windows } from './windows.service.js';

const pauseMs = 60_000;
const eventsAPage = 200;
const firstId = '00000000-0000-0000-0000-000000000000';

/** Keeps every published event's windows materialized up to its horizon (05 §2.1). Most rounds only read. */
@Injectable()
export class HorizonWorker extends RepeatingWorker {
  constructor(
    logger: Logger,
    private readonly database: Database,
    private readonly events: DefinitionsStore,
    private readonly windows: Windows,
  ) {
    super('horizon', pauseMs, logger);
  }

  override async round(): Promise<void> {
    for (let afterId = firstId; ;) {
      const page = await this.events.published(this.database, afterId, eventsAPage);
      await this.each(page, async (event) => {
        if (await this.windows.isBehind(event)) await this.windows.ensureUnlessBusy(event.id);
      });
      const last = page.at(-1);
      if (last === undefined || page.length < eventsAPage) return;
      afterId = last.id;
    }
  }
}

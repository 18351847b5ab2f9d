import { Injectable } from '@nestjs/common';
import type { Environment } from '@kraty/contracts/common';
import type { EventView } from '@kraty/contracts/events';
import { Clock } from '@kraty/platform/clock';
import type { Tx } from '@kraty/platform/persistence';
import { DefinitionsStore, type EventRow } from '../definitions/definitions.store.js';
import type { References } from '../definitions/references.js';
import { OverridesStore } from '../overrides/overrides.store.js';
import { eventView, warningsOf } from './event-view.js';
import { WindowViewsStore } from './window-views.store.js';

/** Events with everything operators see of them, in a few queries for a whole page. */
@Injectable()
export class EventViews {
  constructor(
    private readonly clock: Clock,
    private readonly events: DefinitionsStore,
    private readonly windows: WindowViewsStore,
    private readonly overrides: OverridesStore,
  ) {}

  async of(
    tx: Tx,
    rows: readonly EventRow[],
    references: References | null,
    environment: Environment,
  ): Promise<EventView[]> {
    const ids = rows.map(({ id }) => id);
    const now = this.clock.now();
    const windows = await this.windows.currentAndNext(tx, environment, ids, now);
    const orphans = await this.overrides.orphans(tx, ids, now);
    return rows.map((event) =>
      eventView({
        event,
        windows: windows.filter(({ eventId }) => eventId === event.id),
        orphans: orphans.filter(({ eventId }) => eventId === event.id),
        warnings: warningsOf(event, references, now.getTime()),
      }),
    );
  }

  /** The event as it stands inside the caller's transaction. */
  async ofId(tx: Tx, eventId: string, references: References | null, environment: Environment): Promise<EventView> {
    const event = await this.events.one(tx, eventId);
    if (event === null) throw new Error(`the event ${eventId} is gone`);
    const [view] = await this.of(tx, [event], references, environment);
    return view!;
  }
}

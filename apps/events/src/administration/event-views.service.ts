import { Injectable } from '@nestjs/common';
import type { Environment } from '@kraty/contracts/common';
import type { EventView } from '@kraty/contracts/events';
import { Clock } from '@kraty/platform/clock';
import { Database, type Tx } from '@kraty/platform/persistence';
import { DefinitionsStore, type EventRow } from '../definitions/definitions.store.js';
import type { References } from '../definitions/references.js';
import { OverridesStore } from '../overrides/overrides.store.js';
import { eventView, warningsOf, type WindowCounts } from './event-view.js';
import { WindowViewsStore } from './window-views.store.js';

/** Events with everything operators see of them, in a few queries for a whole page. */
@Injectable()
export class EventViews {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly events: DefinitionsStore,
    private readonly windows: WindowViewsStore,
    private readonly overrides: OverridesStore,
  ) {}

  async of(
    tx: Tx,
    rows: readonly EventRow[],
    references: References | null,
    counts: WindowCounts,
  ): Promise<EventView[]> {
    const ids = rows.map(({ id }) => id);
    const now = this.clock.now();
    const windows = await this.windows.currentAndNext(tx, ids, now);
    const orphans = await this.overrides.orphans(tx, ids, now);
    return rows.map((event) =>
      eventView({
        event,
        windows: windows.filter(({ eventId }) => eventId === event.id),
        orphans: orphans.filter(({ eventId }) => eventId === event.id),
        warnings: warningsOf(event, references, now.getTime()),
        counts,
      }),
    );
  }

  /** Of the windows that the views will show. Counted before a write takes its locks, so that nobody waits for it. */
  async counts(eventIds: string[], environment: Environment): Promise<WindowCounts> {
    const shown = await this.windows.currentAndNext(this.database, eventIds, this.clock.now());
    const played = shown.filter(({ state }) => state !== 'upcoming').map(({ id }) => id);
    return this.windows.counts(this.database, environment, played);
  }

  /** The event as it stands inside the caller's transaction. */
  async ofId(tx: Tx, eventId: string, references: References | null, counts: WindowCounts): Promise<EventView> {
    const event = await this.events.one(tx, eventId);
    if (event === null) throw new Error(`the event ${eventId} is gone`);
    const [view] = await this.of(tx, [event], references, counts);
    return view!;
  }
}

import { Injectable } from '@nestjs/common';
import type { Json } from '@kraty/contracts/common';
import type { AdminWrite, EventWindowView } from '@kraty/contracts/events';
import { Clock } from '@kraty/platform/clock';
import { fail } from '@kraty/platform/errors';
import { isUuid } from '@kraty/platform/ids';
import type { Reply } from '@kraty/platform/messaging';
import { OperatorWrites, type Written } from '@kraty/platform/operator-writes';
import { Database, type Tx } from '@kraty/platform/persistence';
import { EventLocks } from '../administration/event-locks.service.js';
import { windowView, type WindowCounts } from '../administration/event-view.js';
import { WindowViewsStore } from '../administration/window-views.store.js';
import { DefinitionsStore } from '../definitions/definitions.store.js';
import { OverridesStore, type OverriddenWindow } from './overrides.store.js';

type OneWindow = AdminWrite & { event: string; windowId: string };

/** What becomes of a window's metadata, and how the act is called. */
interface Change {
  metadata: Json;
  note: Record<string, unknown>;
}

/** Metadata of single windows (05 §3): each override is its window's own and nobody inherits it. */
@Injectable()
export class Overrides {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly locks: EventLocks,
    private readonly operatorWrites: OperatorWrites,
    private readonly events: DefinitionsStore,
    private readonly store: OverridesStore,
    private readonly windowViews: WindowViewsStore,
  ) {}

  /** `{}` takes it back. */
  replace(call: OneWindow & { metadata: Json }): Promise<Reply<EventWindowView>> {
    return this.change(call, () => Promise.resolve({ metadata: call.metadata, note: {} }));
  }

  copyPrevious(call: OneWindow): Promise<Reply<EventWindowView>> {
    return this.change(call, async (tx, eventId, window) => {
      const previous = await this.store.previous(tx, eventId, window.startsAt);
      if (previous === null) throw fail('not_found', 'there is no window before this one', { resource: 'window' });
      return { metadata: previous.metadata, note: { copiedFrom: previous.id } };
    });
  }

  attachOrphan(call: OneWindow & { orphanId: string }): Promise<Reply<EventWindowView>> {
    return this.change(call, async (tx, eventId) => {
      const orphan = await this.takeOrphan(tx, eventId, call.orphanId);
      return { metadata: orphan.metadata, note: { orphanId: orphan.id } };
    });
  }

  async discardOrphan(call: AdminWrite & { event: string; orphanId: string }): Promise<Reply<Record<string, never>>> {
    const eventId = await this.locks.find(call.game, call.event);
    return this.operatorWrites.run(call, async (tx): Promise<Written> => {
      const { startsAt, metadata } = await this.takeOrphan(tx, eventId, call.orphanId);
      const target = { type: 'orphaned_override', id: call.orphanId, label: call.event };
      const before = { startsAt: startsAt.toISOString(), metadata };
      return { answer: {}, facts: [], act: { action: 'window.override', target, before } };
    });
  }

  /** The window's lock decides between an override and the opening, the closing or the removal of the window. */
  private async change(
    call: OneWindow,
    decide: (tx: Tx, eventId: string, window: OverriddenWindow) => Promise<Change>,
  ): Promise<Reply<EventWindowView>> {
    const eventId = await this.locks.find(call.game, call.event);
    const counts = await this.windowViews.counts(this.database, 'live', [call.windowId].filter(isUuid));
    return this.operatorWrites.run<EventWindowView>(call, async (tx): Promise<Written> => {
      const window = isUuid(call.windowId) ? await this.store.lockWindow(tx, eventId, call.windowId) : null;
      if (window === null) throw fail('not_found', 'there is no such window', { resource: 'window' });
      if (!isOpenToOverride(window, this.clock.now())) throw closed(window);
      const { metadata, note } = await decide(tx, eventId, window);
      await this.store.write(tx, window.id, metadata, call.operator.email, this.clock.now());
      return {
        answer: await this.viewOf(tx, eventId, window.id, counts),
        facts: [],
        act: {
          action: 'window.override',
          target: { type: 'event_window', id: window.id, label: call.event },
          metadata: note,
          before: { metadataOverride: window.metadata },
          after: { metadataOverride: metadata },
        },
      };
    });
  }

  private async takeOrphan(tx: Tx, eventId: string, orphanId: string) {
    const orphan = isUuid(orphanId) ? await this.store.takeOrphan(tx, eventId, orphanId, this.clock.now()) : null;
    if (orphan === null) throw fail('not_found', 'there is no such override', { resource: 'orphaned_override' });
    return orphan;
  }

  private async viewOf(tx: Tx, eventId: string, windowId: string, counts: WindowCounts): Promise<EventWindowView> {
    const [event, row] = [await this.events.one(tx, eventId), await this.windowViews.one(tx, eventId, windowId)];
    if (event === null || row === null) throw new Error(`the window ${windowId} is gone`);
    return windowView(row, event.configuration.metadata ?? {}, counts);
  }
}

/** By the clock: no worker may have closed it yet (05 §2.1). */
function isOpenToOverride({ state, endsAt }: OverriddenWindow, now: Date): boolean {
  return (state === 'upcoming' || state === 'open') && now < endsAt;
}

function closed({ state: kept }: OverriddenWindow) {
  const state = kept === 'open' ? 'closing' : kept;
  return fail('conflict', `the window is ${state}`, { reason: 'window_closed', state });
}

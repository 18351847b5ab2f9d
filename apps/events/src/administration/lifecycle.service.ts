import { Injectable } from '@nestjs/common';
import type { AdminWrite, EventStatus, EventView, EventWindowView } from '@kraty/contracts/events';
import { Clock } from '@kraty/platform/clock';
import { fail } from '@kraty/platform/errors';
import type { NewFact } from '@kraty/platform/facts';
import { isUuid } from '@kraty/platform/ids';
import type { Reply } from '@kraty/platform/messaging';
import { OperatorWrites, type Written } from '@kraty/platform/operator-writes';
import { Database, type Tx } from '@kraty/platform/persistence';
import { DefinitionsStore, type EventRow } from '../definitions/definitions.store.js';
import { EventWrites } from '../definitions/event-writes.service.js';
import type { References } from '../definitions/references.js';
import { Closing } from '../windows/closing.service.js';
import { Windows } from '../windows/windows.service.js';
import { WindowsStore } from '../windows/windows.store.js';
import { EventLocks } from './event-locks.service.js';
import { windowView } from './event-view.js';
import { EventViews } from './event-views.service.js';
import { judgedStatement } from './judge-event.js';
import { transitionOf, type Transition } from './lifecycle.js';
import { GameReferences } from './references.service.js';
import { WindowViewsStore } from './window-views.store.js';

type TransitionCall = AdminWrite & { event: string; version: number; to: EventStatus; reason: string | null };
type ForceClose = AdminWrite & { event: string; windowId: string; reason: string };

/** What operators do with an event's life (05 §15). */
@Injectable()
export class Lifecycle {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly events: DefinitionsStore,
    private readonly locks: EventLocks,
    private readonly writes: EventWrites,
    private readonly operatorWrites: OperatorWrites,
    private readonly references: GameReferences,
    private readonly views: EventViews,
    private readonly windowViews: WindowViewsStore,
    private readonly windows: Windows,
    private readonly windowsStore: WindowsStore,
    private readonly closing: Closing,
  ) {}

  async transition(call: TransitionCall): Promise<Reply<EventView>> {
    const { game, operator, to, reason } = call;
    const eventId = await this.locks.find(game, call.event);
    // Nothing but a publication depends on what others own: an event must be paused also while they are away.
    const references = await (to === 'scheduled'
      ? this.references.of(game, operator)
      : this.references.ofNow(game, operator));
    const counts = await this.views.counts([eventId], 'live');
    const answered = await this.operatorWrites.run<EventView>(call, async (tx): Promise<Written> => {
      const { event, facts } = await this.locks.forChange(tx, eventId, call.version);
      const transition = transitionOf(event, to);
      if (transition === null) throw notThisWay(event, to);
      facts.push(...(await this.carryOut(tx, transition, event, call, references)));
      const answer = await this.views.ofId(tx, eventId, references, counts);
      const action = to === 'finalized' ? 'event.finalize' : 'event.transition';
      const target = { type: 'event', id: eventId, label: event.key };
      const act = { action, target, reason, before: { status: event.status }, after: { status: answer.status } };
      return { answer, facts, act };
    });
    // A window that an operator has ended, or that ended during a pause, closes at once.
    if (answered.fresh) await this.closing.closeOverdueOf(eventId);
    return answered;
  }

  /** Ends an open window now; the event goes on (04 §5.4). */
  async forceClose(call: ForceClose): Promise<Reply<EventWindowView>> {
    const eventId = await this.locks.find(call.game, call.event);
    const counts = await this.windowViews.counts(this.database, 'live', [call.windowId].filter(isUuid));
    const answered = await this.operatorWrites.run<EventWindowView>(call, async (tx): Promise<Written> => {
      const { event, facts } = await this.locks.forChange(tx, eventId, null);
      const before = isUuid(call.windowId) ? await this.windowViews.one(tx, eventId, call.windowId) : null;
      if (before === null) throw fail('not_found', 'there is no such window', { resource: 'window' });
      const [ended] = await this.windowsStore.endOpen(tx, eventId, call.windowId, this.clock.now());
      if (ended === undefined) {
        const details = { reason: 'window_not_open', state: before.state };
        throw fail('conflict', `the window is ${before.state}`, details);
      }
      const after = (await this.windowViews.one(tx, eventId, call.windowId)) ?? before;
      const timesOf = ({ state, endsAt }: typeof before) => ({ state, endsAt: endsAt.toISOString() });
      return {
        answer: windowView(after, event.configuration.metadata ?? {}, counts),
        facts,
        act: {
          action: 'window.force_close',
          target: { type: 'event_window', id: call.windowId, label: event.key },
          reason: call.reason,
          before: timesOf(before),
          after: timesOf(after),
        },
      };
    });
    if (answered.fresh) await this.closing.closeOverdueOf(eventId);
    return answered;
  }

  private async carryOut(
    tx: Tx,
    transition: Transition,
    event: EventRow,
    { operator }: TransitionCall,
    references: References | null,
  ): Promise<NewFact[]> {
    const by = operator.email;
    switch (transition) {
      case 'publish': {
        if (references === null) throw new Error('an event is published only when its references are known');
        const configuration = judgedStatement(event.configuration, 'scheduled', references, null);
        return this.writes.edit(tx, event, { configuration, status: 'scheduled' }, by);
      }
      case 'unpublish':
        return this.writes.edit(tx, event, { configuration: event.configuration, status: 'draft' }, by);
      case 'pause':
        return this.move(tx, event, 'paused', by);
      case 'resume': {
        const facts = await this.move(tx, event, 'live', by);
        return [...facts, ...(await this.windows.settle(tx, { ...event, status: 'live' }))];
      }
      case 'cancel':
      case 'finalize':
        await this.windowsStore.endOpen(tx, event.id, null, this.clock.now());
        await this.windowsStore.cancelUpcoming(tx, event.id);
        return this.move(tx, event, 'finalized', by);
    }
  }

  private move(tx: Tx, event: EventRow, to: EventStatus, author: string): Promise<NewFact[]> {
    return this.events.setStatus(tx, event, { from: event.status, to }, { at: this.clock.now(), author });
  }
}

function notThisWay({ status, archivedAt }: EventRow, to: EventStatus) {
  const from = archivedAt === null ? status : 'archived';
  return fail('conflict', `an event that is ${from} cannot become ${to} this way`, { from, to });
}

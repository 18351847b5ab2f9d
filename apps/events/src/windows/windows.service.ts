import { Injectable } from '@nestjs/common';
import { Clock } from '@kraty/platform/clock';
import { Outbox, type NewFact } from '@kraty/platform/facts';
import { uuidV7 } from '@kraty/platform/ids';
import { Database, type Tx } from '@kraty/platform/persistence';
import { DefinitionsStore, type EventRow } from '../definitions/definitions.store.js';
import { eventDefinition } from '../definitions/event-definition.js';
import { sharedBoards } from '../placement/board.js';
import { BoardsStore } from '../placement/boards.store.js';
import { boardOpenedFact } from './window.facts.js';
import { nextPlanMs, planWindows, type WindowPlan } from './window-plan.js';
import { isOver } from './occurrences.js';
import { WindowsStore, type WindowRow } from './windows.store.js';

/**
 * Materializes and opens windows. The lock order is the same everywhere: the event first, then its windows;
 * only a start locks a window alone, and then nothing before it.
 */
@Injectable()
export class Windows {
  /** What is being ensured, by event: a window's first second brings everybody at once, and one of them is enough. */
  private readonly ensuring = new Map<string, Promise<void>>();

  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly outbox: Outbox,
    private readonly events: DefinitionsStore,
    private readonly windows: WindowsStore,
    private readonly boards: BoardsStore,
  ) {}

  /** Makes the rows of an event what its rules say now, opening what has begun. Repeatable without effect. */
  ensure(eventId: string): Promise<void> {
    const running = this.ensuring.get(eventId);
    if (running !== undefined) return running;
    const ensuring = this.ensureNow(eventId).finally(() => this.ensuring.delete(eventId));
    this.ensuring.set(eventId, ensuring);
    return ensuring;
  }

  /** As `ensure`, but leaves an event alone that somebody else works on. */
  async ensureUnlessBusy(eventId: string): Promise<void> {
    const staged = await this.database.transaction(async (tx) => {
      const event = await this.events.claim(tx, eventId);
      return this.outbox.stage(tx, event === null ? [] : await this.settle(tx, event));
    });
    await this.outbox.carry(staged);
  }

  /** True when the clock asks for a row that is missing, or for one to open. Reads only, and cheaply. */
  isBehindNow(eventId: string): Promise<boolean> {
    return this.windows.isBehind(this.database, eventId, this.clock.now());
  }

  /** The event's row is locked. What has begun opens by the statement that stood until now; the caller may then edit. */
  async openDue(tx: Tx, event: EventRow): Promise<NewFact[]> {
    const opened = await this.windows.openDue(tx, event.id, event.revision, this.clock.now());
    if (opened.length === 0) return [];
    await this.events.setStatus(tx, event.id, ['scheduled'], 'live', this.clock.now());
    const definition = eventDefinition(event.configuration, event.revision);
    const facts: NewFact[] = [];
    for (const window of opened) {
      const boards = sharedBoards(event, window.id, definition, uuidV7);
      await this.boards.insert(tx, boards);
      facts.push(...boards.map((board) => boardOpenedFact(board, window, definition)));
    }
    return facts;
  }

  /** The event's row is locked: opens, materializes, opens what that made, and finalizes an event that is over. */
  async settle(tx: Tx, event: EventRow): Promise<NewFact[]> {
    if (!isRunning(event)) return [];
    const facts = await this.openDue(tx, event);
    await this.materialize(tx, event);
    facts.push(...(await this.openDue(tx, event)));
    await this.finalizeIfOver(tx, event);
    return facts;
  }

  /**
   * The event's row is locked and newly published. Rows may wait from an earlier publication: those that the rules do
   * not produce any more go before anything opens.
   */
  async publish(tx: Tx, event: EventRow): Promise<NewFact[]> {
    if (!isRunning(event)) return [];
    await this.materialize(tx, event);
    return this.settle(tx, event);
  }

  /** What an edit would do to the windows to come; writes nothing. */
  async previewPlan(tx: Tx, event: EventRow): Promise<{ plan: WindowPlan; rows: WindowRow[] }> {
    const now = this.clock.now();
    const nothing: WindowPlan = { inserts: [], moves: [], removals: [] };
    if (!isRunning(event)) return { plan: nothing, rows: [] };
    const planned = await this.windows.planned(tx, event.id, now);
    // What has begun opens before any edit.
    const rows = planned.map((row): WindowRow => (isDue(row, now) ? { ...row, state: 'open' } : row));
    return { plan: planWindows(plannedEvent(event, now), rows, now.getTime()), rows };
  }

  /** Nothing more can come and all that came is settled: the event ends by itself (05 §15). */
  async finalizeIfOver(tx: Tx, event: EventRow): Promise<void> {
    if (!this.mayBeOver(event, this.clock.now())) return;
    if (await this.windows.hasUnfinished(tx, event.id)) return;
    await this.events.setStatus(tx, event.id, ['live'], 'finalized', this.clock.now());
  }

  private async ensureNow(eventId: string): Promise<void> {
    const staged = await this.database.transaction(async (tx) => {
      const event = await this.events.lock(tx, eventId);
      return this.outbox.stage(tx, event === null ? [] : await this.settle(tx, event));
    });
    await this.outbox.carry(staged);
  }

  private async materialize(tx: Tx, event: EventRow): Promise<void> {
    const now = this.clock.now();
    const rows = await this.windows.planned(tx, event.id, now);
    const plan = planWindows(plannedEvent(event, now), rows, now.getTime());
    await this.windows.remove(tx, plan.removals, now);
    await this.windows.moveEnds(tx, plan.moves);
    await this.windows.insert(
      tx,
      event,
      plan.inserts.map((occurrence) => ({ id: uuidV7(), ...occurrence })),
    );
    const nextMs = nextPlanMs(plannedEvent(event, now), now.getTime());
    await this.windows.planAgainAt(tx, event.id, nextMs === null ? null : new Date(nextMs));
  }

  private mayBeOver({ status, configuration }: EventRow, now: Date): boolean {
    return (
      status === 'live' && configuration.availability !== undefined && isOver(configuration.availability, now.getTime())
    );
  }
}

function isRunning({ status, archivedAt }: EventRow): boolean {
  return archivedAt === null && (status === 'scheduled' || status === 'live' || status === 'paused');
}

function isDue({ state, startsAt }: WindowRow, now: Date): boolean {
  return state === 'upcoming' && startsAt <= now;
}

function plannedEvent({ configuration, publishedAt }: EventRow, now: Date) {
  return { configuration, publishedAtMs: (publishedAt ?? now).getTime() };
}

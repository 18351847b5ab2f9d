import { setImmediate } from 'node:timers/promises';
import { Injectable } from '@nestjs/common';
import { Clock } from '@kraty/platform/clock';
import { Outbox, type NewFact } from '@kraty/platform/facts';
import { uuidV7 } from '@kraty/platform/ids';
import { Database, type Tx } from '@kraty/platform/persistence';
import { DefinitionsStore, type EventRow } from '../definitions/definitions.store.js';
import { eventDefinition } from '../definitions/event-definition.js';
import { sharedBoards } from '../placement/board.js';
import { BoardsStore } from '../placement/boards.store.js';
import { boardOpenedFact, windowOpenedFact } from './window.facts.js';
import { horizonMs, nextPlanMs, planWindows, type PlanOptions, type WindowPlan } from './window-plan.js';
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
  async ensureUnlessBusy(eventId: string): Promise<{ wasBusy: boolean }> {
    const { wasBusy, staged } = await this.database.transaction(async (tx) => {
      const event = await this.events.claim(tx, eventId);
      const facts = event === null ? [] : await this.settle(tx, event);
      return { wasBusy: event === null, staged: await this.outbox.stage(tx, facts) };
    });
    await this.outbox.carry(staged);
    return { wasBusy };
  }

  /** True when the clock asks for a row that is missing, or for one to open. Reads only, and cheaply. */
  isBehindNow(eventId: string): Promise<boolean> {
    return this.windows.isBehind(this.database, eventId, this.clock.now());
  }

  /** The event's row is locked. What has begun opens by the statement that stood until now; the caller may then edit. */
  async openDue(tx: Tx, event: EventRow): Promise<NewFact[]> {
    const opened = await this.windows.openDue(tx, event.id, event.revision, this.clock.now());
    if (opened.length === 0) return [];
    const facts = await this.events.setStatus(tx, event, { from: 'scheduled', to: 'live' }, { at: this.clock.now() });
    const definition = eventDefinition(event.configuration, event.revision);
    for (const window of opened) {
      facts.push(windowOpenedFact(event, window));
      const boards = sharedBoards(event, window.id, definition, uuidV7);
      await this.boards.insert(tx, boards);
      facts.push(...boards.map((board) => boardOpenedFact(board, window, definition)));
    }
    return facts;
  }

  /** The event's row is locked: opens, plans what is due, opens what that made, and finalizes an event that is over. */
  async settle(tx: Tx, event: EventRow): Promise<NewFact[]> {
    if (!isRunning(event)) return [];
    const facts = await this.openDue(tx, event);
    if (event.planDueAt !== null && event.planDueAt <= this.clock.now()) {
      await this.materialize(tx, event, plannedUntilMs(event, event.planDueAt));
      facts.push(...(await this.openDue(tx, event)));
    }
    facts.push(...(await this.finalizeIfOver(tx, event)));
    return facts;
  }

  /** The event's row is locked and its rules say something new: all rows to come are judged again. */
  async replan(tx: Tx, event: EventRow): Promise<NewFact[]> {
    const facts = isRunning(event) ? await this.openDue(tx, event) : [];
    return [...facts, ...(await this.publish(tx, event))];
  }

  /**
   * The event's row is locked and newly published. Rows may wait from an earlier publication: those that the rules do
   * not produce any more go before anything opens.
   */
  async publish(tx: Tx, event: EventRow): Promise<NewFact[]> {
    if (!isRunning(event)) return [];
    await this.materialize(tx, event, null);
    const facts = await this.openDue(tx, event);
    facts.push(...(await this.finalizeIfOver(tx, event)));
    return facts;
  }

  /**
   * The event's row is locked: windows that begin at these instants are there afterwards, if the rules produce them,
   * however far ahead; of a draft only they. Windows beyond the horizon without an override go.
   */
  async materializeAlso(tx: Tx, event: EventRow, starts: ReadonlySet<number>): Promise<NewFact[]> {
    const isDraft = event.status === 'draft';
    if (!isDraft && !isRunning(event)) return [];
    if (isDraft) await this.windows.removePlainUpcoming(tx, event.id);
    const lastMs = Math.max(-Infinity, ...starts);
    let fromMs: number | null = null;
    do {
      const plan = await this.planOf(tx, event, fromMs, starts);
      const inserts = isDraft ? plan.inserts.filter(({ startsAtMs }) => starts.has(startsAtMs)) : plan.inserts;
      await this.carryOut(tx, event, { ...plan, inserts });
      fromMs = plan.nextFromMs;
    } while (fromMs !== null && fromMs <= lastMs);
    return isDraft ? [] : this.openDue(tx, event);
  }

  /** What an edit would do to the windows to come; writes nothing. */
  async previewPlan(tx: Tx, event: EventRow): Promise<{ plan: WindowPlan; rows: WindowRow[] }> {
    const now = this.clock.now();
    const whole: WindowPlan = { inserts: [], moves: [], removals: [], nextFromMs: null };
    if (!isRunning(event)) return { plan: whole, rows: [] };
    const planned = await this.windows.planned(tx, event.id, now, null);
    // What has begun opens before any edit.
    const rows = planned.map((row): WindowRow => (isDue(row, now) ? { ...row, state: 'open' } : row));
    let fromMs: number | null = now.getTime();
    while (fromMs !== null) {
      const part = planWindows(plannedEvent(event, now), rows, now.getTime(), { fromMs });
      whole.inserts.push(...part.inserts);
      whole.moves.push(...part.moves);
      whole.removals.push(...part.removals);
      fromMs = part.nextFromMs;
      // Players' calls go on between two parts.
      await setImmediate();
    }
    return { plan: { ...whole, removals: [...new Set(whole.removals)] }, rows };
  }

  /** Nothing more can come and all that came is settled: the event ends by itself (05 §15). */
  async finalizeIfOver(tx: Tx, event: EventRow): Promise<NewFact[]> {
    const at = this.clock.now();
    if (!this.mayBeOver(event, at)) return [];
    if (await this.windows.hasUnfinished(tx, event.id)) return [];
    return this.events.setStatus(tx, event, { from: 'live', to: 'finalized' }, { at });
  }

  private async ensureNow(eventId: string): Promise<void> {
    const staged = await this.database.transaction(async (tx) => {
      const event = await this.events.lock(tx, eventId);
      return this.outbox.stage(tx, event === null ? [] : await this.settle(tx, event));
    });
    await this.outbox.carry(staged);
  }

  /** From where an earlier plan has stopped, or null = from now; as far as one plan goes, the next round goes on. */
  private async materialize(tx: Tx, event: EventRow, fromMs: number | null): Promise<void> {
    const now = this.clock.now();
    const plan = await this.planOf(tx, event, fromMs);
    await this.carryOut(tx, event, plan);
    const dueMs = [
      nextPlanMs(plannedEvent(event, now), now.getTime()),
      plan.nextFromMs === null ? null : plan.nextFromMs - aheadMs(event),
    ].filter((ms) => ms !== null);
    await this.windows.planAgainAt(tx, event.id, dueMs.length === 0 ? null : new Date(Math.min(...dueMs)));
  }

  private async planOf(
    tx: Tx,
    event: EventRow,
    fromMs: number | null,
    also?: PlanOptions['also'],
  ): Promise<WindowPlan> {
    const now = this.clock.now();
    const nowMs = now.getTime();
    const from = fromMs === null || fromMs <= nowMs ? null : new Date(fromMs);
    const rows = await this.windows.planned(tx, event.id, now, from);
    return planWindows(plannedEvent(event, now), rows, nowMs, { fromMs: fromMs ?? nowMs, ...(also && { also }) });
  }

  private async carryOut(tx: Tx, event: EventRow, { removals, moves, inserts }: WindowPlan): Promise<void> {
    await this.windows.remove(tx, removals, this.clock.now());
    await this.windows.moveEnds(tx, moves);
    const rows = inserts.map((occurrence) => ({ id: uuidV7(), ...occurrence }));
    await this.windows.insert(tx, event, rows);
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

/** A plan is due when the next occurrence comes within the horizon: what starts before that is planned. */
function plannedUntilMs({ configuration }: EventRow, planDueAt: Date): number {
  return horizonMs(configuration, planDueAt.getTime());
}

function aheadMs({ configuration }: EventRow): number {
  return horizonMs(configuration, 0);
}

function isDue({ state, startsAt }: WindowRow, now: Date): boolean {
  return state === 'upcoming' && startsAt <= now;
}

function plannedEvent({ configuration, publishedAt }: EventRow, now: Date) {
  return { configuration, publishedAtMs: (publishedAt ?? now).getTime() };
}

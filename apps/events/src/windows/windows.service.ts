import { Injectable } from '@nestjs/common';
import { environments } from '@kraty/contracts/common';
import type { EventBoardDescription } from '@kraty/contracts/events';
import { Clock } from '@kraty/platform/clock';
import { Outbox, type NewFact } from '@kraty/platform/facts';
import { uuidV7 } from '@kraty/platform/ids';
import { Database, type Tx } from '@kraty/platform/persistence';
import { DefinitionsStore, type EventRow } from '../definitions/definitions.store.js';
import { eventDefinition } from '../definitions/event-definition.js';
import { boardDescription, boardOpenedFact } from './window.facts.js';
import { isEmptyPlan, planWindows } from './window-plan.js';
import { isOver } from './occurrences.js';
import { WindowsStore, type BoardRow, type WindowRow } from './windows.store.js';

/**
 * Materializes and opens windows. The lock order is the same everywhere: the event first, then its windows;
 * only a start locks a window alone, and then nothing before it.
 */
@Injectable()
export class Windows {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly outbox: Outbox,
    private readonly events: DefinitionsStore,
    private readonly windows: WindowsStore,
  ) {}

  /** Makes the rows of an event what its rules say now, opening what has begun. Repeatable without effect. */
  async ensure(eventId: string): Promise<void> {
    const staged = await this.database.transaction(async (tx) => {
      const event = await this.events.lock(tx, eventId);
      return this.outbox.stage(tx, event === null ? [] : await this.settle(tx, event));
    });
    await this.outbox.carry(staged);
  }

  /** As `ensure`, but leaves an event alone that somebody else works on. */
  async ensureUnlessBusy(eventId: string): Promise<void> {
    const staged = await this.database.transaction(async (tx) => {
      const event = await this.events.claim(tx, eventId);
      return this.outbox.stage(tx, event === null ? [] : await this.settle(tx, event));
    });
    await this.outbox.carry(staged);
  }

  /** True when the rules and the clock ask for a row that is missing, or for one to open. Reads only. */
  async isBehind(event: EventRow): Promise<boolean> {
    if (!isRunning(event)) return false;
    const now = this.clock.now();
    const rows = await this.windows.planned(this.database, event.id, now);
    if (rows.some((row) => row.state === 'upcoming' && row.startsAt <= now)) return true;
    return !isEmptyPlan(planWindows(plannedEvent(event, now), rows, now.getTime())) || this.mayBeOver(event, now);
  }

  async isBehindNow(eventId: string): Promise<boolean> {
    const event = await this.events.one(this.database, eventId);
    return event !== null && this.isBehind(event);
  }

  /** The event's row is locked. What has begun opens by the statement that stood until now; the caller may then edit. */
  async openDue(tx: Tx, event: EventRow): Promise<NewFact[]> {
    const opened = await this.windows.openDue(tx, event.id, event.revision, this.clock.now());
    if (opened.length === 0) return [];
    await this.events.setStatus(tx, event.id, ['scheduled'], 'live', this.clock.now());
    const boards = opened.flatMap((window) => boardsOf(event, window));
    await this.windows.insertBoards(tx, boards);
    return boards.map((board, at) => boardOpenedFact(board, opened[Math.floor(at / environments.length)] as WindowRow));
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

  /** Nothing more can come and all that came is settled: the event ends by itself (05 §15). */
  async finalizeIfOver(tx: Tx, event: EventRow): Promise<void> {
    if (!this.mayBeOver(event, this.clock.now())) return;
    if (await this.windows.hasUnfinished(tx, event.id)) return;
    await this.events.setStatus(tx, event.id, ['live'], 'finalized', this.clock.now());
  }

  /** Null when there is no such board. */
  async describeBoard(leaderboardId: string): Promise<EventBoardDescription | null> {
    const board = await this.windows.board(this.database, leaderboardId);
    return board === null ? null : boardDescription(board, { startsAt: board.opensAt, endsAt: board.closesAt });
  }

  private async materialize(tx: Tx, event: EventRow): Promise<void> {
    const now = this.clock.now();
    const rows = await this.windows.planned(tx, event.id, now);
    const plan = planWindows(plannedEvent(event, now), rows, now.getTime());
    await this.windows.remove(tx, plan.removals);
    await this.windows.moveEnds(tx, plan.moves);
    await this.windows.insert(
      tx,
      event,
      plan.inserts.map((occurrence) => ({ id: uuidV7(), ...occurrence })),
    );
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

function plannedEvent({ configuration, publishedAt }: EventRow, now: Date) {
  return { configuration, publishedAtMs: (publishedAt ?? now).getTime() };
}

/** One board an environment, whether anybody comes or not: its id is known from the opening on. */
function boardsOf(event: EventRow, window: WindowRow): BoardRow[] {
  const { boardMode, scoreAggregation } = eventDefinition(event.configuration, event.revision);
  return environments.map((environment) => ({
    leaderboardId: uuidV7(),
    eventWindowId: window.id,
    environment,
    studioId: event.studioId,
    gameId: event.gameId,
    eventId: event.id,
    eventKey: event.key,
    mode: boardMode,
    scoreAggregation,
  }));
}

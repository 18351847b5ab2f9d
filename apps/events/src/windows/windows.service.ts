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

/** Comparing rows with rules takes up to a second of work: players between two windows share one look. Milliseconds. */
const lookValidMs = 1_000;
const looksMax = 2_000;

/** What a look at an event has found, and when by either clock. */
interface Look {
  behind: Promise<boolean>;
  atMs: number;
  madeAtMs: number;
}

/**
 * Materializes and opens windows. The lock order is the same everywhere: the event first, then its windows;
 * only a start locks a window alone, and then nothing before it.
 */
@Injectable()
export class Windows {
  private readonly looks = new Map<string, Look>();
  /** What is being ensured, by event: a window's first second brings everybody at once, and one of them is enough. */
  private readonly ensuring = new Map<string, Promise<void>>();

  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly outbox: Outbox,
    private readonly events: DefinitionsStore,
    private readonly windows: WindowsStore,
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

  /** True when the rules and the clock ask for a row that is missing, or for one to open. Reads only. */
  async isBehind(event: EventRow): Promise<boolean> {
    if (!isRunning(event)) return false;
    const now = this.clock.now();
    const rows = await this.windows.planned(this.database, event.id, now);
    if (rows.some((row) => row.state === 'upcoming' && row.startsAt <= now)) return true;
    return !isEmptyPlan(planWindows(plannedEvent(event, now), rows, now.getTime())) || this.mayBeOver(event, now);
  }

  /** As `isBehind`, at most a second old: what a change leaves behind its own transaction has made good. */
  isBehindNow(eventId: string): Promise<boolean> {
    const atMs = this.clock.nowMs();
    const known = this.looks.get(eventId);
    const isFresh = known && performance.now() - known.madeAtMs < lookValidMs;
    if (isFresh && Math.abs(atMs - known.atMs) < lookValidMs) return known.behind;
    const look = { behind: this.look(eventId), atMs, madeAtMs: performance.now() };
    if (this.looks.size >= looksMax) this.looks.clear();
    this.looks.set(eventId, look);
    look.behind.catch(() => this.looks.delete(eventId));
    return look.behind;
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

  private async look(eventId: string): Promise<boolean> {
    const event = await this.events.one(this.database, eventId);
    return event !== null && this.isBehind(event);
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

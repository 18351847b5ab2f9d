import { Injectable } from '@nestjs/common';
import { Clock } from '@kraty/platform/clock';
import { Outbox, type NewFact, type Staged } from '@kraty/platform/facts';
import { Logger } from '@kraty/platform/logging';
import { Database, type Tx } from '@kraty/platform/persistence';
import { atMost } from '@kraty/platform/waiting';
import { AttemptsStore } from '../attempts/attempts.store.js';
import { Endings, type Claim } from '../attempts/endings.service.js';
import { Definitions } from '../definitions/definitions.service.js';
import { DefinitionsStore, type EventRow } from '../definitions/definitions.store.js';
import { boardClosedFact, windowClosedFact } from './window.facts.js';
import { Windows } from './windows.service.js';
import { WindowsStore, type WindowRow } from './windows.store.js';

/** Boards closed in one transaction; each is a fact, and all facts of a transaction are told at once. */
export const boardsAChunk = 500;
/** Overdue windows of one event that are closed while its operator waits, and for how long: milliseconds. */
const windowsAtOnceMax = 4;
const operatorPatienceMs = 2_000;
/** Of attempts, and of boards, in one turn of a window: then other windows have theirs. */
const chunksATurn = 20;

/**
 * Closes windows whose end has passed, once each, whatever crashes: every step may be repeated, and the state of the
 * window says where to go on. A window that ended while nothing ran closes as of its own end.
 */
@Injectable()
export class Closing {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly outbox: Outbox,
    private readonly events: DefinitionsStore,
    private readonly store: WindowsStore,
    private readonly windows: Windows,
    private readonly attempts: AttemptsStore,
    private readonly endings: Endings,
    private readonly definitions: Definitions,
    private readonly logger: Logger,
  ) {}

  /** Closes what is overdue of one event, for an operator who waits; what takes longer the worker finishes. */
  async closeOverdueOf(eventId: string): Promise<void> {
    const overdue = await this.store.overdueOfEvent(this.database, eventId, this.clock.now(), windowsAtOnceMax);
    await atMost(operatorPatienceMs, this.closeInTurn(overdue));
  }

  /** One turn of a window. False = it has more to close, and goes on where it has stopped. */
  async close({ id, eventId }: { id: string; eventId: string }): Promise<boolean> {
    const begun = await this.database.transaction((tx) => this.startClosing(tx, eventId, id));
    if (!begun) return true;
    const claim: Claim = (tx, _now, limit) => this.attempts.claimOfWindow(tx, id, limit);
    if (!(await this.endings.timeOutAll(claim, chunksATurn))) return false;
    if (!(await this.closeBoards(eventId, id))) return false;
    const staged = await this.database.transaction((tx) => this.finalize(tx, eventId, id));
    await this.outbox.carry(staged);
    return true;
  }

  /** Whatever fails here the worker tries again. */
  private async closeInTurn(windows: { id: string; eventId: string }[]): Promise<void> {
    for (const window of windows) {
      await this.close(window).catch((error: unknown) => this.logger.warn({ err: error, window }, 'closes later'));
    }
  }

  /** From here on nobody enters: a start holds the window's row until it has committed. */
  private async startClosing(tx: Tx, eventId: string, windowId: string): Promise<boolean> {
    const event = await this.events.claim(tx, eventId);
    if (event === null || event.status === 'paused') return false;
    await this.store.startClosing(tx, windowId, this.clock.now());
    return true;
  }

  /** What is closed stays closed, so that whoever comes after a crash goes on with the next ones. */
  private async closeBoards(eventId: string, windowId: string): Promise<boolean> {
    for (let chunk = 1; chunk <= chunksATurn; chunk += 1) {
      const { closed, staged } = await this.database.transaction((tx) => this.closeSomeBoards(tx, eventId, windowId));
      await this.outbox.carry(staged);
      if (closed < boardsAChunk) return true;
    }
    return false;
  }

  private async closeSomeBoards(
    tx: Tx,
    eventId: string,
    windowId: string,
  ): Promise<{ closed: number; staged: Staged }> {
    const event = await this.events.claim(tx, eventId);
    if (event === null || event.status === 'paused') return { closed: 0, staged: { envelopes: [] } };
    const boards = await this.store.closeBoards(tx, windowId, this.clock.now(), boardsAChunk);
    const facts = boards.map((board) => boardClosedFact(board, board.windowEndsAt));
    return { closed: boards.length, staged: await this.outbox.stage(tx, facts) };
  }

  private async finalize(tx: Tx, eventId: string, windowId: string): Promise<Staged> {
    const event = await this.events.claim(tx, eventId);
    if (event === null || event.status === 'paused') return { envelopes: [] };
    const window = await this.store.finalize(tx, windowId, this.clock.now());
    if (window === null) return { envelopes: [] };
    const facts = await this.settled(tx, event, window);
    facts.push(...(await this.windows.finalizeIfOver(tx, event)));
    return this.outbox.stage(tx, facts);
  }

  private async settled(tx: Tx, event: EventRow, window: WindowRow): Promise<NewFact[]> {
    const { rewardPolicy } = await this.definitions.at(tx, event.id, window.revision ?? event.revision);
    const environments = await this.store.environmentsPlayed(tx, window.id);
    return [windowClosedFact(event, window, { environments, rewardPolicy })];
  }
}

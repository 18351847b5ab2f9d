import { Injectable } from '@nestjs/common';
import { Clock } from '@kraty/platform/clock';
import { Outbox, type NewFact, type Staged } from '@kraty/platform/facts';
import { Database, type Tx } from '@kraty/platform/persistence';
import { AttemptsStore } from '../attempts/attempts.store.js';
import { Endings } from '../attempts/endings.service.js';
import { DefinitionsStore, type EventRow } from '../definitions/definitions.store.js';
import { boardClosedFact, windowClosedFact } from './window.facts.js';
import { Windows } from './windows.service.js';
import { WindowsStore, type WindowRow } from './windows.store.js';

/** Attempts resolved in one transaction: enough to be quick, few enough to hold their locks only briefly. */
const attemptsAChunk = 500;
/** A window with more running attempts is finished by the next round. */
const chunksARound = 200;

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
  ) {}

  async close({ id, eventId }: { id: string; eventId: string }): Promise<void> {
    const begun = await this.database.transaction((tx) => this.startClosing(tx, eventId, id));
    if (!begun) return;
    for (let chunk = 1; chunk <= chunksARound; chunk += 1) {
      const { resolved, staged } = await this.database.transaction((tx) => this.resolveSome(tx, id));
      await this.outbox.carry(staged);
      if (resolved < attemptsAChunk) break;
    }
    const staged = await this.database.transaction((tx) => this.finalize(tx, eventId, id));
    await this.outbox.carry(staged);
  }

  /** From here on nobody enters: a start holds the window's row until it has committed. */
  private async startClosing(tx: Tx, eventId: string, windowId: string): Promise<boolean> {
    const event = await this.events.claim(tx, eventId);
    if (event === null || event.status === 'paused') return false;
    await this.store.startClosing(tx, windowId, this.clock.now());
    return true;
  }

  private async resolveSome(tx: Tx, windowId: string): Promise<{ resolved: number; staged: Staged }> {
    const running = await this.attempts.claimOfWindow(tx, windowId, attemptsAChunk);
    const nowMs = this.clock.nowMs();
    const facts = await this.endings.timeOut(
      tx,
      running.filter(({ endsAtMs }) => endsAtMs <= nowMs),
      nowMs,
    );
    return { resolved: running.length, staged: await this.outbox.stage(tx, facts) };
  }

  private async finalize(tx: Tx, eventId: string, windowId: string): Promise<Staged> {
    const event = await this.events.claim(tx, eventId);
    if (event === null || event.status === 'paused') return { envelopes: [] };
    const window = await this.store.finalize(tx, windowId, this.clock.now());
    if (window === null) return { envelopes: [] };
    const facts = await this.settled(tx, event, window);
    await this.windows.finalizeIfOver(tx, event);
    return this.outbox.stage(tx, facts);
  }

  private async settled(tx: Tx, event: EventRow, window: WindowRow): Promise<NewFact[]> {
    const boards = await this.store.closeBoards(tx, window.id, this.clock.now());
    return [...boards.map((board) => boardClosedFact(board, window)), windowClosedFact(event, window)];
  }
}

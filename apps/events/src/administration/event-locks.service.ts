import { Injectable } from '@nestjs/common';
import type { GameScope } from '@kraty/contracts/common';
import { fail } from '@kraty/platform/errors';
import type { NewFact } from '@kraty/platform/facts';
import { Database, type Tx } from '@kraty/platform/persistence';
import { DefinitionsStore, type EventRow } from '../definitions/definitions.store.js';
import { EventWrites } from '../definitions/event-writes.service.js';
import { Windows } from '../windows/windows.service.js';

/** An event nobody else changes, with the facts of what opened on the way. */
export interface LockedEvent {
  event: EventRow;
  facts: NewFact[];
}

/** The event a route names, found and locked. */
@Injectable()
export class EventLocks {
  constructor(
    private readonly database: Database,
    private readonly events: DefinitionsStore,
    private readonly writes: EventWrites,
    private readonly windows: Windows,
  ) {}

  /**
   * Id of an event by id or key, its windows as the clock has them.
   *
   * @throws not_found
   */
  async find({ gameId }: GameScope, idOrKey: string): Promise<string> {
    const id = await this.events.find(this.database, gameId, idOrKey);
    if (id === null) throw fail('not_found', 'there is no such event', { resource: 'event' });
    // So that the version an operator reads is not one that the clock is about to change.
    if (await this.windows.isBehindNow(id)) await this.windows.ensure(id);
    return id;
  }

  /**
   * For a change: of two operators who read the same version the second is told.
   *
   * @throws version_conflict, conflict (apply_running)
   */
  async forChange(tx: Tx, eventId: string, version: number | null): Promise<LockedEvent> {
    const locked = await this.writes.lock(tx, eventId);
    if (locked === null) throw fail('not_found', 'there is no such event', { resource: 'event' });
    const { event } = locked;
    if (version !== null && event.version !== version) {
      throw fail('version_conflict', 'the event has changed meanwhile', { currentVersion: event.version });
    }
    if (await this.events.isApplyPrepared(tx, event.gameId)) {
      throw fail('conflict', 'a document is being applied to the game; try again', { reason: 'apply_running' });
    }
    return locked;
  }
}

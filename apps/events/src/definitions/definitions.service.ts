import { Injectable } from '@nestjs/common';
import type { Tx } from '@kraty/platform/persistence';
import { DefinitionsStore } from './definitions.store.js';
import { eventDefinition, type EventDefinition } from './event-definition.js';

/** Revisions kept in memory; the oldest entry makes room. */
const keptDefinitionsMax = 2_000;

/**
 * Definitions by event and revision. A revision never changes, so the cache is never wrong;
 * which revision applies is read from the attempt, the window or the event in the caller's own transaction.
 */
@Injectable()
export class Definitions {
  private readonly kept = new Map<string, EventDefinition>();

  constructor(private readonly store: DefinitionsStore) {}

  async at(tx: Tx, eventId: string, revision: number): Promise<EventDefinition> {
    return this.keptAt(eventId, revision) ?? this.load(tx, eventId, revision);
  }

  /** Without a wait when the definition is in memory already. */
  keptAt(eventId: string, revision: number): EventDefinition | undefined {
    return this.kept.get(cacheKey(eventId, revision));
  }

  private async load(tx: Tx, eventId: string, revision: number): Promise<EventDefinition> {
    const configuration = await this.store.revision(tx, eventId, revision);
    if (configuration === null) throw new Error(`event ${eventId} has no revision ${revision}`);
    const definition = eventDefinition(configuration, revision);
    this.keep(cacheKey(eventId, revision), definition);
    return definition;
  }

  private keep(key: string, definition: EventDefinition): void {
    if (this.kept.size >= keptDefinitionsMax) {
      const [oldest] = this.kept.keys();
      if (oldest !== undefined) this.kept.delete(oldest);
    }
    this.kept.set(key, definition);
  }
}

const cacheKey = (eventId: string, revision: number): string => `${eventId}:${revision}`;

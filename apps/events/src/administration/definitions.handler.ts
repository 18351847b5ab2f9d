import { Controller } from '@nestjs/common';
import type { GameScope, Localized, Scope } from '@kraty/contracts/common';
import {
  archiveEventDefinition,
  createEventDefinition,
  duplicateEventDefinition,
  listEventDefinitions,
  listEventRevisions,
  readEventDefinition,
  readEventRevision,
  readEventStatistics,
  transitionEventDefinition,
  updateEventDefinition,
  type AdminWrite,
  type EventStatistics,
  type EventStatus,
  type ListEventDefinitions,
} from '@kraty/contracts/events';
import { HandleRequest } from '@kraty/platform/messaging';
import { EventEditing, type Edit } from './event-editing.service.js';
import { EventReads, type OneRead, type RevisionsQuestion } from './event-reads.service.js';
import { Lifecycle } from './lifecycle.service.js';
import { Statistics } from './statistics.service.js';

type OneEvent = AdminWrite & { event: string };

/** Definitions for operators (04 §§5.2–5.3). */
@Controller()
export class DefinitionsHandler {
  constructor(
    private readonly reads: EventReads,
    private readonly editing: EventEditing,
    private readonly lifecycle: Lifecycle,
    private readonly statistics: Statistics,
  ) {}

  @HandleRequest(listEventDefinitions)
  list(asked: ListEventDefinitions) {
    return this.reads.list(asked);
  }

  @HandleRequest(readEventDefinition)
  read(asked: OneRead) {
    return this.reads.read(asked);
  }

  @HandleRequest(createEventDefinition)
  create(call: AdminWrite & { body: unknown }) {
    return this.editing.create(call);
  }

  @HandleRequest(updateEventDefinition)
  update(call: Edit) {
    return this.editing.update(call);
  }

  @HandleRequest(duplicateEventDefinition)
  duplicate(call: OneEvent & { key: string; name: Localized | null }) {
    return this.editing.duplicate(call);
  }

  @HandleRequest(archiveEventDefinition)
  archive(call: OneEvent & { version: number }) {
    return this.editing.archive(call);
  }

  @HandleRequest(transitionEventDefinition)
  transition(call: OneEvent & { version: number; to: EventStatus; reason: string | null }) {
    return this.lifecycle.transition(call);
  }

  @HandleRequest(listEventRevisions)
  revisions(asked: RevisionsQuestion) {
    return this.reads.revisions(asked);
  }

  @HandleRequest(readEventRevision)
  revision(asked: { game: GameScope; event: string; revision: number }) {
    return this.reads.revision(asked);
  }

  @HandleRequest(readEventStatistics)
  readStatistics(asked: { scope: Scope; event: string; windowId: string | null }): Promise<EventStatistics> {
    return this.statistics.read(asked);
  }
}

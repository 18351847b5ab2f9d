import { Injectable } from '@nestjs/common';
import type { SectionChanges } from '@kraty/contracts/configuration';
import type { EventDocumentEntry, EventStatus } from '@kraty/contracts/events';
import type { Issue } from '@kraty/contracts/failures';
import { Clock } from '@kraty/platform/clock';
import type { ApplyRef } from '@kraty/platform/configuration-applies';
import type { NewFact } from '@kraty/platform/facts';
import { uuidV7 } from '@kraty/platform/ids';
import { Logger } from '@kraty/platform/logging';
import type { Tx } from '@kraty/platform/persistence';
import { DefinitionsStore, type EventRow } from '../definitions/definitions.store.js';
import { archiveIssues, editIssues } from '../definitions/event-edit.js';
import { EventWrites } from '../definitions/event-writes.service.js';
import { lateEditFact } from './late-edit.facts.js';

/** An apply that is being committed, and whose it is. */
export interface CommittedApply extends ApplyRef {
  /** Email of the operator. */
  actor: string | null;
}

/** Writes what an apply has prepared. From here on the apply only goes forward, so nothing here refuses. */
@Injectable()
export class DocumentWrites {
  constructor(
    private readonly clock: Clock,
    private readonly logger: Logger,
    private readonly events: DefinitionsStore,
    private readonly writes: EventWrites,
  ) {}

  async write(tx: Tx, apply: CommittedApply, { upserts, archives }: SectionChanges): Promise<NewFact[]> {
    const standing = new Map((await this.events.lockGame(tx, apply.game.gameId)).map((row) => [row.key, row]));
    const facts: NewFact[] = [];
    for (const entry of upserts.events ?? []) {
      const before = standing.get(entry.key);
      if (before === undefined) facts.push(...(await this.create(tx, apply, entry)));
      else facts.push(...(await this.change(tx, apply, before, entry)));
    }
    for (const key of archives.events ?? []) facts.push(...(await this.archive(tx, apply, standing.get(key))));
    return facts;
  }

  private async create(tx: Tx, { game, actor }: CommittedApply, entry: EventDocumentEntry): Promise<NewFact[]> {
    const { status = 'draft', ...configuration } = entry;
    return (await this.writes.create(tx, game, { configuration, status }, actor)).facts;
  }

  private async change(tx: Tx, apply: CommittedApply, before: EventRow, entry: EventDocumentEntry): Promise<NewFact[]> {
    const locked = await this.writes.lock(tx, before.id);
    if (locked === null) return [];
    const { event, facts } = locked;
    const { status: wanted = 'draft', ...configuration } = entry;
    const issues = editIssues(event, configuration, wanted, `events[${entry.key}]`);
    if (issues.length > 0) return [...facts, this.tooLate(apply, event, issues)];
    const status = statusAfter(event.status, wanted);
    return [...facts, ...(await this.writes.edit(tx, event, { configuration, status }, apply.actor))];
  }

  private async archive(tx: Tx, apply: CommittedApply, event: EventRow | undefined): Promise<NewFact[]> {
    if (event === undefined || event.archivedAt !== null) return [];
    const issues = archiveIssues(event.status, `events[${event.key}]`);
    if (issues.length > 0) return [this.tooLate(apply, event, issues)];
    await this.writes.archive(tx, event, apply.actor);
    return [];
  }

  /**
   * The clock may have moved the event between prepare and commit: a window opened, the event ended. What became
   * impossible is left undone, and the audit log of the game says so to whoever applied the document.
   */
  private tooLate(apply: CommittedApply, event: EventRow, issues: Issue[]): NewFact {
    this.logger.warn({ eventId: event.id, applyId: apply.applyId, issues }, 'an edit came too late and is left out');
    return lateEditFact(apply, event, issues, { auditId: uuidV7(this.clock.nowMs()), at: this.clock.now() });
  }
}

/** A document can publish a draft and take back what has not opened; everything else is the clock's and the operator's. */
function statusAfter(current: EventStatus, wanted: 'draft' | 'scheduled'): EventStatus {
  if (current === 'draft') return wanted;
  return current === 'scheduled' && wanted === 'draft' ? 'draft' : current;
}

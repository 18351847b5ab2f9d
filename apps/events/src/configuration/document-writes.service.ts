import { Injectable } from '@nestjs/common';
import type { ConfigurationWarning, SectionChanges } from '@kraty/contracts/configuration';
import type { EventDocumentEntry, EventStatus, WindowOverride } from '@kraty/contracts/events';
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
import { issue } from '../definitions/issue.js';
import { DocumentOverrides } from '../overrides/document-overrides.service.js';
import { lateEditFact } from './late-edit.facts.js';

/** An apply that is being committed, and whose it is. */
export interface CommittedApply extends ApplyRef {
  /** Email of the operator. */
  actor: string | null;
}

/** What a document has come to. */
export interface WrittenDocument {
  facts: NewFact[];
  /** What the clock has made impossible since the document was checked. */
  warnings: ConfigurationWarning[];
}

/** Writes what an apply has prepared. From here on the apply only goes forward, so nothing here refuses. */
@Injectable()
export class DocumentWrites {
  constructor(
    private readonly clock: Clock,
    private readonly logger: Logger,
    private readonly events: DefinitionsStore,
    private readonly writes: EventWrites,
    private readonly overrides: DocumentOverrides,
  ) {}

  async write(tx: Tx, apply: CommittedApply, { upserts, archives }: SectionChanges): Promise<WrittenDocument> {
    const standing = new Map((await this.events.lockGame(tx, apply.game.gameId)).map((row) => [row.key, row]));
    const written: WrittenDocument[] = [];
    for (const entry of upserts.events ?? []) {
      const before = standing.get(entry.key);
      written.push(await (before ? this.change(tx, apply, before, entry) : this.create(tx, apply, entry)));
    }
    for (const key of archives.events ?? []) written.push(await this.archive(tx, apply, standing.get(key)));
    return together(written);
  }

  private async create(tx: Tx, apply: CommittedApply, entry: EventDocumentEntry): Promise<WrittenDocument> {
    const { status = 'draft', windowOverrides = [], ...configuration } = entry;
    const { id, facts } = await this.writes.create(tx, apply.game, { configuration, status }, apply.actor);
    const overrides = await this.override(tx, apply, { id, key: entry.key }, windowOverrides);
    return together([{ facts, warnings: [] }, overrides]);
  }

  private async change(tx: Tx, apply: CommittedApply, before: EventRow, entry: EventDocumentEntry) {
    const locked = await this.writes.lock(tx, before.id);
    if (locked === null) return nothing;
    const { event, facts } = locked;
    const { status: wanted = 'draft', windowOverrides = [], ...configuration } = entry;
    const issues = editIssues(event, configuration, wanted, `events[${entry.key}]`);
    if (issues.length > 0) return together([{ facts, warnings: [] }, this.tooLate(apply, event, issues)]);
    const target = { configuration, status: statusAfter(event.status, wanted) };
    facts.push(...(await this.writes.edit(tx, event, target, apply.actor)));
    const overrides = await this.override(tx, apply, { id: event.id, key: entry.key }, windowOverrides);
    return together([{ facts, warnings: [] }, overrides]);
  }

  private async override(
    tx: Tx,
    apply: CommittedApply,
    event: { id: string; key: string },
    stated: readonly WindowOverride[],
  ): Promise<WrittenDocument> {
    const { facts, late } = await this.overrides.write(tx, event.id, stated, apply.actor);
    if (late.length === 0) return { facts, warnings: [] };
    const issues = late.map(({ startsAt }) =>
      issue(`events[${event.key}].windowOverrides[${startsAt}]`, 'conflict', 'the window has ended meanwhile'),
    );
    return together([{ facts, warnings: [] }, this.tooLate(apply, event, issues)]);
  }

  private async archive(tx: Tx, apply: CommittedApply, event: EventRow | undefined): Promise<WrittenDocument> {
    if (event === undefined || event.archivedAt !== null) return nothing;
    const issues = archiveIssues(event.status, `events[${event.key}]`);
    if (issues.length > 0) return this.tooLate(apply, event, issues);
    await this.writes.archive(tx, event, apply.actor);
    return nothing;
  }

  /**
   * The clock may have moved the event between prepare and commit: a window opened, the event ended. What became
   * impossible is left undone; the reply and the audit log say so to whoever applied the document.
   */
  private tooLate(apply: CommittedApply, event: { id: string; key: string }, issues: Issue[]): WrittenDocument {
    this.logger.warn({ eventId: event.id, applyId: apply.applyId, issues }, 'an edit came too late and is left out');
    const fact = lateEditFact(apply, event, issues, { auditId: uuidV7(this.clock.nowMs()), at: this.clock.now() });
    const warnings = issues.map(({ path, message }) => ({
      code: 'update_too_late',
      path,
      message: `left out: ${message}`,
    }));
    return { facts: [fact], warnings };
  }
}

const nothing: WrittenDocument = { facts: [], warnings: [] };

function together(parts: readonly WrittenDocument[]): WrittenDocument {
  return { facts: parts.flatMap(({ facts }) => facts), warnings: parts.flatMap(({ warnings }) => warnings) };
}

/** A document can publish a draft and take back what has not opened; everything else is the clock's and the operator's. */
function statusAfter(current: EventStatus, wanted: 'draft' | 'scheduled'): EventStatus {
  if (current === 'draft') return wanted;
  return current === 'scheduled' && wanted === 'draft' ? 'draft' : current;
}

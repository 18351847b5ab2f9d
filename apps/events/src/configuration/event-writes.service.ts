import { Injectable } from '@nestjs/common';
import type { GameScope } from '@kraty/contracts/common';
import type { SectionChanges } from '@kraty/contracts/configuration';
import { configurationText, type EventConfiguration, type EventDocumentEntry } from '@kraty/contracts/events';
import { Clock } from '@kraty/platform/clock';
import type { NewFact } from '@kraty/platform/facts';
import { uuidV7 } from '@kraty/platform/ids';
import { Logger } from '@kraty/platform/logging';
import type { Tx } from '@kraty/platform/persistence';
import { DefinitionsStore, type EventRow } from '../definitions/definitions.store.js';
import { archiveIssues, editIssues, type WantedStatus } from '../definitions/event-edit.js';
import { Windows } from '../windows/windows.service.js';
import { WindowsStore } from '../windows/windows.store.js';

/** Writes what an apply has prepared. From here on the apply only goes forward, so nothing here refuses. */
@Injectable()
export class EventWrites {
  constructor(
    private readonly clock: Clock,
    private readonly logger: Logger,
    private readonly events: DefinitionsStore,
    private readonly windows: Windows,
    private readonly windowsStore: WindowsStore,
  ) {}

  async write(tx: Tx, game: GameScope, { upserts, archives }: SectionChanges): Promise<NewFact[]> {
    const standing = new Map((await this.events.lockGame(tx, game.gameId)).map((row) => [row.key, row]));
    const facts: NewFact[] = [];
    for (const entry of upserts.events ?? []) {
      const before = standing.get(entry.key);
      if (before === undefined) facts.push(...(await this.create(tx, game, entry)));
      else facts.push(...(await this.change(tx, before, entry)));
    }
    for (const key of archives.events ?? []) await this.archive(tx, standing.get(key));
    return facts;
  }

  private async create(tx: Tx, game: GameScope, entry: EventDocumentEntry): Promise<NewFact[]> {
    const { configuration, wanted } = parts(entry);
    const event = { id: uuidV7(), ...game, key: entry.key, status: wanted };
    await this.events.insert(tx, event, { configuration, author: null, at: this.clock.now() });
    return this.settle(tx, event.id);
  }

  private async change(tx: Tx, before: EventRow, entry: EventDocumentEntry): Promise<NewFact[]> {
    // What has begun opens by the statement that stood until now.
    const facts = await this.windows.openDue(tx, before);
    const current = facts.length === 0 ? before : await this.events.one(tx, before.id);
    if (current === null || !this.isStillPossible(current, entry)) return facts;

    await this.update(tx, current, entry);
    return [...facts, ...(await this.settle(tx, current.id))];
  }

  private async update(tx: Tx, current: EventRow, entry: EventDocumentEntry): Promise<void> {
    const { configuration, wanted } = parts(entry);
    const status = statusAfter(current.status, wanted);
    const isChanged = configurationText(configuration) !== configurationText(current.configuration);
    if (!isChanged && status === current.status && current.archivedAt === null) return;

    const revision = isChanged ? current.revision + 1 : current.revision;
    const at = this.clock.now();
    if (isChanged) await this.events.insertRevision(tx, current, revision, { configuration, author: null, at });
    const publishedAt = status === 'draft' ? null : at;
    await this.events.update(
      tx,
      { id: current.id, revision, status, archivedAt: null },
      { at, author: null, publishedAt },
    );
    if (status === 'draft') await this.windowsStore.removeUpcoming(tx, current.id);
    // The one window of an always-on event has no successor that could take up the edit (05 §16).
    if (configuration.availability?.mode === 'always_on') await this.windowsStore.repin(tx, current.id, revision);
  }

  /** The clock may have moved the event between prepare and commit; what became impossible is left undone. */
  private isStillPossible(current: EventRow, entry: EventDocumentEntry): boolean {
    const { configuration, wanted } = parts(entry);
    const issues = editIssues(current, configuration, wanted, entry.key);
    if (issues.length > 0) this.logger.warn({ eventId: current.id, issues }, 'an edit came too late and is left out');
    return issues.length === 0;
  }

  private async archive(tx: Tx, event: EventRow | undefined): Promise<void> {
    if (event === undefined || event.archivedAt !== null || archiveIssues(event.status, event.key).length > 0) return;
    const { id, revision, status } = event;
    const at = this.clock.now();
    await this.events.update(tx, { id, revision, status, archivedAt: at }, { at, author: null, publishedAt: null });
  }

  private async settle(tx: Tx, eventId: string): Promise<NewFact[]> {
    const event = await this.events.one(tx, eventId);
    return event === null ? [] : this.windows.settle(tx, event);
  }
}

function parts({ status, ...configuration }: EventDocumentEntry): {
  configuration: EventConfiguration;
  wanted: WantedStatus;
} {
  return { configuration, wanted: status ?? 'draft' };
}

/** A document can publish a draft and take back what has not opened; everything else is the clock's and the operator's. */
function statusAfter(current: EventRow['status'], wanted: WantedStatus): EventRow['status'] {
  if (current === 'draft') return wanted;
  return current === 'scheduled' && wanted === 'draft' ? 'draft' : current;
}

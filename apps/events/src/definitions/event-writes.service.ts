import { Injectable } from '@nestjs/common';
import type { GameScope } from '@kraty/contracts/common';
import { configurationText, type EventConfiguration, type EventStatus } from '@kraty/contracts/events';
import { Clock } from '@kraty/platform/clock';
import type { NewFact } from '@kraty/platform/facts';
import { uuidV7 } from '@kraty/platform/ids';
import type { Tx } from '@kraty/platform/persistence';
import { Windows } from '../windows/windows.service.js';
import { WindowsStore } from '../windows/windows.store.js';
import { DefinitionsStore, type EventRow } from './definitions.store.js';
import { pinsEachSave, type WantedStatus } from './event-edit.js';
import { statusChangedFact } from './status.facts.js';

/** What an event shall be after a write. */
export interface EventTarget {
  configuration: EventConfiguration;
  status: EventStatus;
}

/**
 * The one way an event's statement is written, for documents and for the routes of operators alike. The caller has
 * checked it; it holds the event's lock and has opened what was due, so the clock and the write do not meet.
 */
@Injectable()
export class EventWrites {
  constructor(
    private readonly clock: Clock,
    private readonly events: DefinitionsStore,
    private readonly windows: Windows,
    private readonly windowsStore: WindowsStore,
  ) {}

  /** @throws conflict (key_taken) */
  async create(
    tx: Tx,
    game: GameScope,
    { configuration, status }: { configuration: EventConfiguration; status: WantedStatus },
    author: string | null,
  ): Promise<{ id: string; facts: NewFact[] }> {
    const event = { id: uuidV7(this.clock.nowMs()), ...game, key: configuration.key, status };
    await this.events.insert(tx, event, { configuration, author, at: this.clock.now() });
    if (status === 'draft') return { id: event.id, facts: await this.settle(tx, event.id, 'nothing') };
    const published = this.moved(event, { from: 'draft', to: status, version: 1 });
    return { id: event.id, facts: [published, ...(await this.settle(tx, event.id, 'publication'))] };
  }

  /**
   * The lock is held from here on. What has begun opens by the statement that stood until now, so that an edit never
   * reaches a window whose time had come.
   */
  async lock(tx: Tx, eventId: string): Promise<{ event: EventRow; facts: NewFact[] } | null> {
    const event = await this.events.lock(tx, eventId);
    if (event === null || event.status === 'draft' || event.status === 'finalized') {
      return event === null ? null : { event, facts: [] };
    }
    const facts = await this.windows.openDue(tx, event);
    const current = facts.length === 0 ? event : await this.events.one(tx, eventId);
    return current === null ? null : { event: current, facts };
  }

  /** Says something new, moves along the life cycle between draft and scheduled, or brings an archived event back. */
  async edit(tx: Tx, current: EventRow, target: EventTarget, author: string | null): Promise<NewFact[]> {
    const { configuration, status } = target;
    const isChanged = configurationText(configuration) !== configurationText(current.configuration);
    if (!isChanged && status === current.status && current.archivedAt === null) return [];

    const at = this.clock.now();
    const revision = isChanged ? current.revision + 1 : current.revision;
    if (isChanged) await this.events.insertRevision(tx, current, revision, { configuration, author, at });
    const publishedAt = status === 'draft' ? null : at;
    const row = { id: current.id, key: configuration.key, revision, status, archivedAt: null };
    await this.events.update(tx, row, { at, author, publishedAt });
    if (pinsEachSave(configuration)) await this.windowsStore.repin(tx, current.id, revision);
    const step = { from: current.status, to: status, version: current.version + 1 };
    const moved = step.from === step.to ? [] : [this.moved({ ...current, key: configuration.key }, step)];
    return [...moved, ...(await this.settle(tx, current.id, newsOf(current, configuration)))];
  }

  async archive(tx: Tx, { id, key, revision, status }: EventRow, author: string | null): Promise<void> {
    const at = this.clock.now();
    await this.events.update(tx, { id, key, revision, status, archivedAt: at }, { at, author, publishedAt: null });
  }

  private moved(
    event: Parameters<typeof statusChangedFact>[0],
    step: { from: EventStatus; to: EventStatus; version: number },
  ): NewFact {
    return statusChangedFact(event, { ...step, at: this.clock.now() });
  }

  private async settle(tx: Tx, eventId: string, news: News): Promise<NewFact[]> {
    const event = await this.events.one(tx, eventId);
    if (event === null) return [];
    // What operators wrote for windows waits for the publication; the windows without it do not.
    if (event.status === 'draft') return this.windows.materializeAlso(tx, event, new Set());
    if (news === 'publication') return this.windows.publish(tx, event);
    return news === 'rules' ? this.windows.replan(tx, event) : this.windows.settle(tx, event);
  }
}

/** What an edit says that is new to the windows. */
type News = 'publication' | 'rules' | 'nothing';

function newsOf(before: EventRow, configuration: EventConfiguration): News {
  if (before.status === 'draft') return 'publication';
  const isPlanned = before.archivedAt === null && rulesText(configuration) === rulesText(before.configuration);
  return isPlanned ? 'nothing' : 'rules';
}

/** What decides which windows an event has (05 §2.1). */
function rulesText({ availability, scheduleAheadDays }: EventConfiguration): string {
  return configurationText({ availability, scheduleAheadDays });
}

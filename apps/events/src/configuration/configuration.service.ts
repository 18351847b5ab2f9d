import { Injectable } from '@nestjs/common';
import type { GameScope } from '@kraty/contracts/common';
import type {
  CheckConfiguration,
  ConfigurationWarning,
  ExportedSections,
  SectionChanges,
} from '@kraty/contracts/configuration';
import {
  canonicalOverrides,
  sorted,
  type EventConfiguration,
  type EventDocumentEntry,
  type WindowOverride,
} from '@kraty/contracts/events';
import type { Issue } from '@kraty/contracts/failures';
import { Clock } from '@kraty/platform/clock';
import { ConfigurationApplies, type ApplyRef } from '@kraty/platform/configuration-applies';
import { fail } from '@kraty/platform/errors';
import { Outbox } from '@kraty/platform/facts';
import { Database } from '@kraty/platform/persistence';
import { checkEvents, type CheckedEvents } from '../definitions/check-events.js';
import { DefinitionsStore, type EventRow } from '../definitions/definitions.store.js';
import { DocumentOverridesStore, type OpenToOverride } from '../overrides/document-overrides.store.js';
import { DocumentWrites } from './document-writes.service.js';

/** The events section of a game's configuration document (04 §12). */
@Injectable()
export class EventsConfigurationService {
  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
    private readonly outbox: Outbox,
    private readonly applies: ConfigurationApplies,
    private readonly events: DefinitionsStore,
    private readonly writes: DocumentWrites,
    private readonly overrides: DocumentOverridesStore,
  ) {}

  async export({ gameId }: GameScope): Promise<ExportedSections> {
    const rows = await this.events.ofGame(this.database, gameId);
    const windows = await this.windowsOf(gameId);
    const [archived, kept] = [rows.filter(isArchived), rows.filter((row) => !isArchived(row))];
    const running = kept.flatMap(({ id, key }) => {
      const since = runningSince(windows.get(id) ?? [], this.clock.now());
      return since === null ? [] : [[key, since.toISOString()]];
    });
    return {
      sections: { events: kept.map((row) => entryOf(row, windows.get(row.id) ?? [])).sort(byKey) },
      archivedKeys: { events: archived.map(({ key }) => key).sort() },
      runningWindows: Object.fromEntries(running) as Record<string, string>,
    };
  }

  async check(asked: CheckConfiguration): Promise<{ issues: Issue[]; warnings: ConfigurationWarning[] }> {
    const { issues, warnings } = await this.judge(asked);
    return { issues, warnings };
  }

  /** @throws config_invalid with every issue; conflict while another apply of the game is prepared */
  async prepare(asked: CheckConfiguration & { applyId: string; actor: string }): Promise<void> {
    const { issues, accepted } = await this.judge(asked);
    if (issues.length > 0) throw fail('config_invalid', 'the events section contradicts itself', { issues });
    const upserts = accepted.map(({ configuration, wanted, windowOverrides }) => ({
      ...configuration,
      status: wanted,
      windowOverrides,
    }));
    const changes: SectionChanges = {
      upserts: { events: upserts },
      archives: { events: asked.changes.archives.events ?? [] },
    };
    await this.applies.prepare({ game: asked.game, applyId: asked.applyId, actor: asked.actor, changes });
  }

  /** Warns of what came too late; a repeated call does not know of it any more, the audit log does. */
  async commit(ref: ApplyRef): Promise<{ warnings: ConfigurationWarning[] }> {
    let warnings: ConfigurationWarning[] = [];
    const staged = await this.applies.commit(ref, async (tx, changes, actor) => {
      const written = await this.writes.write(tx, { ...ref, actor }, changes);
      warnings = written.warnings;
      return this.outbox.stage(tx, written.facts);
    });
    await this.outbox.carry(staged);
    return { warnings };
  }

  async abandon(ref: ApplyRef): Promise<void> {
    await this.applies.abandon(ref);
  }

  /** Windows that take metadata, in order, by event. */
  private async windowsOf(gameId: string): Promise<Map<string, OpenToOverride[]>> {
    const byEvent = new Map<string, OpenToOverride[]>();
    for (const row of await this.overrides.ofGame(this.database, gameId, this.clock.now())) {
      byEvent.set(row.eventId, [...(byEvent.get(row.eventId) ?? []), row]);
    }
    return byEvent;
  }

  private async judge({ game, changes, desired, archivedKeys, settings }: CheckConfiguration): Promise<CheckedEvents> {
    const rows = await this.events.ofGame(this.database, game.gameId);
    const windows = await this.windowsOf(game.gameId);
    const running = rows.flatMap(({ id, key }): [string, number][] => {
      const since = runningSince(windows.get(id) ?? [], this.clock.now());
      return since === null ? [] : [[key, since.getTime()]];
    });
    return checkEvents({
      upserts: changes.upserts.events ?? [],
      archives: changes.archives.events ?? [],
      desired,
      archivedKeys,
      settings,
      standing: new Map(rows.map((row) => [row.key, row])),
      runningSince: new Map(running),
      nowMs: this.clock.nowMs(),
    });
  }
}

/** The window that has begun and is not closed; the first of them, while one waits for its closing. */
function runningSince(windows: readonly OpenToOverride[], now: Date): Date | null {
  return windows.find(({ state, startsAt }) => state === 'open' || startsAt <= now)?.startsAt ?? null;
}

const isArchived = ({ archivedAt }: EventRow): boolean => archivedAt !== null;
const byKey = (a: { key: string }, b: { key: string }): number => (a.key < b.key ? -1 : 1);

/** Whatever has become of a published event is runtime state: the document says `scheduled` and nothing more. */
function entryOf({ key, status, configuration }: EventRow, windows: readonly OpenToOverride[]): EventDocumentEntry {
  const { key: _key, ...rest } = configuration;
  const stated = status === 'draft' ? {} : { status: 'scheduled' as const };
  const windowOverrides = overridesOf(configuration, windows);
  const own = windowOverrides.length === 0 ? {} : { windowOverrides };
  return { key, ...stated, ...(sortedFields(rest) as Omit<EventDocumentEntry, 'key'>), ...own };
}

/** The one window of an always-on event began with its first publication: a document cannot name it. */
function overridesOf({ availability }: EventConfiguration, windows: readonly OpenToOverride[]): WindowOverride[] {
  if (availability === undefined || availability.mode === 'always_on') return [];
  return canonicalOverrides(windows.map(({ startsAt, metadata }) => ({ startsAt: startsAt.toISOString(), metadata })));
}

/** The database gives fields back in an order of its own; a document has one order. */
const fieldOrder = [
  'name',
  'description',
  'type',
  'availability',
  'scheduleAheadDays',
  'metadata',
  'metrics',
  'scoreFormula',
  'completion',
  'leaderboard',
  'contributesTo',
  'attempt',
  'unlockCondition',
  'entryRequirement',
  'entryCost',
  'milestoneRewards',
  'rewardPolicy',
  'botBindings',
  'antiCheat',
];

function sortedFields(fields: Record<string, unknown>): Record<string, unknown> {
  const known = fieldOrder.filter((field) => fields[field] !== undefined);
  return Object.fromEntries(known.map((field) => [field, sorted(fields[field])]));
}

import { Injectable } from '@nestjs/common';
import type { GameScope } from '@kraty/contracts/common';
import type {
  CheckConfiguration,
  ConfigurationWarning,
  ExportedSections,
  SectionChanges,
} from '@kraty/contracts/configuration';
import { sorted, type EventDocumentEntry } from '@kraty/contracts/events';
import type { Issue } from '@kraty/contracts/failures';
import { Clock } from '@kraty/platform/clock';
import { ConfigurationApplies, type ApplyRef } from '@kraty/platform/configuration-applies';
import { fail } from '@kraty/platform/errors';
import { Outbox } from '@kraty/platform/facts';
import { Database } from '@kraty/platform/persistence';
import { checkEvents, type CheckedEvents } from '../definitions/check-events.js';
import { DefinitionsStore, type EventRow } from '../definitions/definitions.store.js';
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
  ) {}

  async export({ gameId }: GameScope): Promise<ExportedSections> {
    const rows = await this.events.ofGame(this.database, gameId);
    const [archived, kept] = [rows.filter(isArchived), rows.filter((row) => !isArchived(row))];
    return {
      sections: { events: kept.map(entryOf).sort(byKey) },
      archivedKeys: { events: archived.map(({ key }) => key).sort() },
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
    const upserts = accepted.map(({ configuration, wanted }) => ({ ...configuration, status: wanted }));
    const changes: SectionChanges = {
      upserts: { events: upserts },
      archives: { events: asked.changes.archives.events ?? [] },
    };
    await this.applies.prepare({ game: asked.game, applyId: asked.applyId, actor: asked.actor, changes });
  }

  async commit(ref: ApplyRef): Promise<void> {
    const staged = await this.applies.commit(ref, async (tx, changes, actor) =>
      this.outbox.stage(tx, await this.writes.write(tx, { ...ref, actor }, changes)),
    );
    await this.outbox.carry(staged);
  }

  async abandon(ref: ApplyRef): Promise<void> {
    await this.applies.abandon(ref);
  }

  private async judge({ game, changes, desired, archivedKeys, settings }: CheckConfiguration): Promise<CheckedEvents> {
    const rows = await this.events.ofGame(this.database, game.gameId);
    return checkEvents({
      upserts: changes.upserts.events ?? [],
      archives: changes.archives.events ?? [],
      desired,
      archivedKeys,
      settings,
      standing: new Map(rows.map((row) => [row.key, row])),
      nowMs: this.clock.nowMs(),
    });
  }
}

const isArchived = ({ archivedAt }: EventRow): boolean => archivedAt !== null;
const byKey = (a: { key: string }, b: { key: string }): number => (a.key < b.key ? -1 : 1);

/** Whatever has become of a published event is runtime state: the document says `scheduled` and nothing more. */
function entryOf({ key, status, configuration }: EventRow): EventDocumentEntry {
  const { key: _key, ...rest } = configuration;
  const stated = status === 'draft' ? {} : { status: 'scheduled' as const };
  return { key, ...stated, ...(sortedFields(rest) as Omit<EventDocumentEntry, 'key'>) };
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

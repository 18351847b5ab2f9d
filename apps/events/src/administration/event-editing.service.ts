import { Injectable } from '@nestjs/common';
import {
  configurationText,
  type AdminWrite,
  type EventConfiguration,
  type EventDryRun,
  type EventView,
} from '@kraty/contracts/events';
import { fail } from '@kraty/platform/errors';
import type { Reply } from '@kraty/platform/messaging';
import { OperatorWrites, type Written } from '@kraty/platform/operator-writes';
import { Database, type Tx } from '@kraty/platform/persistence';
import { DefinitionsStore, type EventRow } from '../definitions/definitions.store.js';
import { EventWrites } from '../definitions/event-writes.service.js';
import { archiveIssues } from '../definitions/event-edit.js';
import type { References } from '../definitions/references.js';
import { Windows } from '../windows/windows.service.js';
import { EventLocks } from './event-locks.service.js';
import type { WindowCounts } from './event-view.js';
import { EventViews } from './event-views.service.js';
import { judgedStatement, merged, refuseForbiddenEdit } from './judge-event.js';
import { NamedKeys } from './named-keys.service.js';
import { GameReferences } from './references.service.js';
import { windowsDifference } from './windows-difference.js';

type OneEvent = AdminWrite & { event: string };
export type Edit = OneEvent & { version: number; mode: 'replace' | 'merge'; body: unknown; dryRun: boolean };

/** Definitions as operators write them (04 §5.2). */
@Injectable()
export class EventEditing {
  constructor(
    private readonly database: Database,
    private readonly events: DefinitionsStore,
    private readonly locks: EventLocks,
    private readonly writes: EventWrites,
    private readonly operatorWrites: OperatorWrites,
    private readonly references: GameReferences,
    private readonly names: NamedKeys,
    private readonly views: EventViews,
    private readonly windows: Windows,
  ) {}

  async create(call: AdminWrite & { body: unknown }): Promise<Reply<EventView>> {
    const references = await this.references.of(call.game, call.operator);
    const body = await this.names.inKeys(call.game, call.body);
    const configuration = judgedStatement(body, 'draft', references, null);
    return this.operatorWrites.run<EventView>(call, (tx) => this.insert(tx, call, configuration, references, {}));
  }

  async duplicate(
    call: OneEvent & { key: string; name: EventConfiguration['name'] | null },
  ): Promise<Reply<EventView>> {
    const sourceId = await this.locks.find(call.game, call.event);
    const source = await this.events.one(this.database, sourceId);
    const references = await this.references.of(call.game, call.operator);
    const name = call.name ?? source?.configuration.name;
    const body = { ...source?.configuration, key: call.key, ...(name === undefined ? {} : { name }) };
    const configuration = judgedStatement(body, 'draft', references, source?.configuration ?? null);
    const metadata = { duplicatedFrom: sourceId };
    return this.operatorWrites.run<EventView>(call, (tx) => this.insert(tx, call, configuration, references, metadata));
  }

  async update(asked: Edit): Promise<Reply<EventView> | EventDryRun> {
    const call = { ...asked, body: await this.names.inKeys(asked.game, asked.body) };
    const eventId = await this.locks.find(call.game, call.event);
    const references = await this.references.of(call.game, call.operator);
    const counts = await this.views.counts([eventId], 'live');
    if (call.dryRun) return this.dryRun(call, eventId, references, counts);
    return this.operatorWrites.run<EventView>(call, async (tx): Promise<Written> => {
      const { event, facts } = await this.locks.forChange(tx, eventId, call.version);
      const configuration = judgedEdit(call, event, references);
      const written = await this.writes.edit(tx, event, { configuration, status: event.status }, call.operator.email);
      return {
        answer: await this.views.ofId(tx, eventId, references, counts),
        facts: [...facts, ...written],
        act: {
          action: 'event.update',
          target: targetOf(event),
          before: { ...event.configuration },
          after: { ...configuration },
        },
      };
    });
  }

  async archive(call: OneEvent & { version: number }): Promise<Reply<EventView>> {
    const eventId = await this.locks.find(call.game, call.event);
    const counts = await this.views.counts([eventId], 'live');
    return this.operatorWrites.run<EventView>(call, async (tx): Promise<Written> => {
      const { event, facts } = await this.locks.forChange(tx, eventId, call.version);
      const [issue] = archiveIssues(event.status, 'event');
      const details = { from: event.archivedAt === null ? event.status : 'archived', to: 'archived' };
      if (issue !== undefined) throw fail('conflict', issue.message, details);
      if (event.archivedAt !== null) throw fail('conflict', 'the event is archived already', details);
      await this.writes.archive(tx, event, call.operator.email);
      const act = { action: 'event.archive', target: targetOf(event), before: { archivedAt: null } };
      const answer = await this.views.ofId(tx, eventId, null, counts);
      return { answer, facts, act: { ...act, after: { archivedAt: answer.archivedAt } } };
    });
  }

  private async insert(
    tx: Tx,
    { game, operator }: AdminWrite,
    configuration: EventConfiguration,
    references: References,
    metadata: Record<string, unknown>,
  ): Promise<Written> {
    if (await this.events.isApplyPrepared(tx, game.gameId)) {
      throw fail('conflict', 'a document is being applied to the game; try again', { reason: 'apply_running' });
    }
    const { id, facts } = await this.writes.create(tx, game, { configuration, status: 'draft' }, operator.email);
    const target = { type: 'event', id, label: configuration.key };
    const answer = await this.views.ofId(tx, id, references, new Map());
    const act = { action: 'event.create', target, metadata, after: { ...configuration } };
    return { answer, status: 201, facts, act };
  }

  /** Looks without a lock: what it says may be old when it is read, and nothing of it is promised. */
  private async dryRun(
    call: Edit,
    eventId: string,
    references: References,
    counts: WindowCounts,
  ): Promise<EventDryRun> {
    const event = await this.events.one(this.database, eventId);
    if (event === null || event.version !== call.version) {
      throw fail('version_conflict', 'the event has changed meanwhile', { currentVersion: event?.version });
    }
    const configuration = judgedEdit(call, event, references);
    const isChanged = configurationText(configuration) !== configurationText(event.configuration);
    const revision = event.revision + (isChanged ? 1 : 0);
    const edited = { ...event, key: configuration.key, configuration, revision };
    const [view] = await this.views.of(this.database, [edited], references, counts);
    const planned = await this.windows.previewPlan(this.database, edited);
    return { event: view!, warnings: view!.warnings, windows: windowsDifference(planned.plan, planned.rows) };
  }
}

/** @throws validation_failed, config_invalid, conflict */
function judgedEdit({ mode, body }: Edit, event: EventRow, references: References): EventConfiguration {
  const wanted = event.status === 'draft' ? 'draft' : 'scheduled';
  const stated = mode === 'merge' ? merged(event.configuration, body) : body;
  const standing = event.status === 'draft' ? null : event.configuration;
  if (event.archivedAt !== null) throw fail('conflict', 'an archived event cannot be changed', { reason: 'archived' });
  const configuration = judgedStatement(stated, wanted, references, standing);
  refuseForbiddenEdit(event, configuration);
  return configuration;
}

function targetOf({ id, key }: EventRow) {
  return { type: 'event', id, label: key };
}

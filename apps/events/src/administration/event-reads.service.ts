import { Injectable } from '@nestjs/common';
import type { Environment, GameScope } from '@kraty/contracts/common';
import type {
  EventRevisionSummary,
  EventSummary,
  EventView,
  EventWindowView,
  ListEventDefinitions,
  EventConfiguration,
  ListEventWindows,
} from '@kraty/contracts/events';
import type { Operator } from '@kraty/contracts/identity';
import { fail, validationFailed } from '@kraty/platform/errors';
import { isUuid } from '@kraty/platform/ids';
import { Database } from '@kraty/platform/persistence';
import { DefinitionsStore, type RevisionRow } from '../definitions/definitions.store.js';
import { difference } from './difference.js';
import { EventLocks } from './event-locks.service.js';
import { summaryOf, windowView } from './event-view.js';
import { EventViews } from './event-views.service.js';
import { GameReferences } from './references.service.js';
import { WindowViewsStore } from './window-views.store.js';

export interface OneRead {
  game: GameScope;
  operator: Operator;
  environment: Environment;
  event: string;
}

export interface RevisionsQuestion {
  game: GameScope;
  event: string;
  limit: number;
  cursor: string | null;
}

/** Definitions, their windows and their past, as operators read them. */
@Injectable()
export class EventReads {
  constructor(
    private readonly database: Database,
    private readonly events: DefinitionsStore,
    private readonly locks: EventLocks,
    private readonly references: GameReferences,
    private readonly views: EventViews,
    private readonly windowViews: WindowViewsStore,
  ) {}

  async list(
    asked: ListEventDefinitions,
  ): Promise<{ events: (EventView | EventSummary)[]; nextCursor: string | null }> {
    const { game, archived, status, q, limit, environment } = asked;
    if (asked.cursor !== null && !isUuid(asked.cursor)) throw badCursor();
    const of = { archived, status, q, beforeId: asked.cursor, limit: limit + 1 };
    const rows = await this.events.page(this.database, game.gameId, of);
    const references = await this.references.ofNow(game, asked.operator);
    const page = rows.slice(0, limit);
    const counts = await this.views.counts(
      page.map(({ id }) => id),
      environment,
    );
    const views = await this.views.of(this.database, page, references, counts);
    const nextCursor = rows.length > limit ? page.at(-1)!.id : null;
    return { events: asked.summary ? views.map(summaryOf) : views, nextCursor };
  }

  async read(asked: OneRead): Promise<EventView> {
    const eventId = await this.locks.find(asked.game, asked.event);
    const references = await this.references.ofNow(asked.game, asked.operator);
    const counts = await this.views.counts([eventId], asked.environment);
    return this.views.ofId(this.database, eventId, references, counts);
  }

  async windows(asked: ListEventWindows): Promise<{ windows: EventWindowView[]; nextCursor: string | null }> {
    const { environment, states, from, to, limit } = asked;
    const eventId = await this.locks.find(asked.game, asked.event);
    const event = await this.events.one(this.database, eventId);
    const of = { states, from, to, afterStart: startOf(asked.cursor), limit: limit + 1 };
    const rows = await this.windowViews.page(this.database, eventId, of);
    const page = rows.slice(0, limit);
    const played = page.filter(({ state }) => state !== 'upcoming' && state !== 'cancelled').map(({ id }) => id);
    const counts = await this.windowViews.counts(this.database, environment, played);
    const nextCursor = rows.length > limit ? String(page.at(-1)!.startsAt.getTime()) : null;
    const metadata = event?.configuration.metadata ?? {};
    return { windows: page.map((row) => windowView(row, metadata, counts)), nextCursor };
  }

  async revisions(asked: RevisionsQuestion): Promise<{ revisions: EventRevisionSummary[]; nextCursor: string | null }> {
    const eventId = await this.locks.find(asked.game, asked.event);
    const before = asked.cursor === null ? null : numberOf(asked.cursor, /^\d{1,9}$/);
    // One more than asked for: each is told by its difference to the one before it.
    const rows = await this.events.revisions(this.database, eventId, before, asked.limit + 1);
    const revisions = rows.slice(0, asked.limit).map((row, at) => summaryOfRevision(row, rows[at + 1]));
    return { revisions, nextCursor: rows.length > asked.limit ? String(revisions.at(-1)!.revision) : null };
  }

  async revision(asked: {
    game: GameScope;
    event: string;
    revision: number;
  }): Promise<EventRevisionSummary & { config: EventConfiguration }> {
    const eventId = await this.locks.find(asked.game, asked.event);
    const [row, previous] = await this.events.revisions(this.database, eventId, asked.revision + 1, 2);
    if (row?.revision !== asked.revision) {
      throw fail('not_found', 'there is no such revision', { resource: 'event_revision' });
    }
    return { ...summaryOfRevision(row, previous), config: row.configuration };
  }
}

function summaryOfRevision(row: RevisionRow, previous: RevisionRow | undefined): EventRevisionSummary {
  return {
    revision: row.revision,
    authorEmail: row.author,
    createdAt: row.createdAt.toISOString(),
    diff: difference(previous?.configuration ?? {}, row.configuration),
  };
}

function startOf(cursor: string | null): Date | null {
  return cursor === null ? null : new Date(numberOf(cursor, /^-?\d{1,15}$/));
}

function numberOf(cursor: string, form: RegExp): number {
  if (!form.test(cursor)) throw badCursor();
  return Number(cursor);
}

function badCursor() {
  return validationFailed([{ path: 'query.cursor', code: 'format', message: 'is no cursor of this list' }]);
}

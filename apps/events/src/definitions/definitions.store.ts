import { Injectable } from '@nestjs/common';
import type { GameScope } from '@kraty/contracts/common';
import type { EventConfiguration } from '@kraty/contracts/events';
import { fail } from '@kraty/platform/errors';
import type { NewFact } from '@kraty/platform/facts';
import { isUuid } from '@kraty/platform/ids';
import { statement, type Tx } from '@kraty/platform/persistence';
import type { EventStatus } from './event-definition.js';
import { statusChangedFact } from './status.facts.js';

/** An event with its newest statement. */
export interface EventRow {
  id: string;
  studioId: string;
  gameId: string;
  key: string;
  status: EventStatus;
  revision: number;
  /** +1 with each change, also of the status. */
  version: number;
  publishedAt: Date | null;
  archivedAt: Date | null;
  createdAt: Date;
  updatedAt: Date;
  /** Email of the operator, or null = the clock. */
  updatedBy: string | null;
  configuration: EventConfiguration;
  /** A window has opened at some time. */
  hasOpened: boolean;
  /** What starts before this and the horizon is planned; null = nothing more can come. */
  planDueAt: Date | null;
}

const eventColumns = `e.id, e.studio_id as "studioId", e.game_id as "gameId", e.key, e.status, e.revision, e.version,
  e.published_at as "publishedAt", e.archived_at as "archivedAt", e.created_at as "createdAt",
  e.updated_at as "updatedAt", e.updated_by as "updatedBy", e.plan_due_at as "planDueAt", r.configuration,
  exists (select from event_window w where w.event_id = e.id and w.state in ('open', 'closing', 'finalized')) as "hasOpened"`;
const eventTables = `event e join event_revision r on r.event_id = e.id and r.revision = e.revision`;

const EVENTS_OF_GAME = statement(
  'events_of_game',
  `select ${eventColumns} from ${eventTables} where e.game_id = $1 order by e.key`,
);
const EVENT = statement('event', `select ${eventColumns} from ${eventTables} where e.id = $1`);
// Two statements on purpose: the columns must be read by a snapshot taken after the lock was granted.
const LOCK_EVENT = statement('event_lock', `select id from event where id = $1 for update`);
const CLAIM_EVENT = statement('event_claim', `select id from event where id = $1 for update skip locked`);
const LOCK_EVENTS_OF_GAME = statement(
  'events_of_game_lock',
  `select id from event where game_id = $1 order by id for update`,
);

// A UUID names the id, everything else the key; no key is UUID-shaped (01 §11).
const FIND_EVENT = statement(
  'event_find',
  `select e.id from event e where e.game_id = $1 and case when $2::uuid is null then e.key = $3 else e.id = $2 end`,
);

const EVENTS_PAGE = statement(
  'events_page',
  `select ${eventColumns} from ${eventTables}
    where e.game_id = $1 and (e.archived_at is not null) = $2 and ($3::text is null or e.status = $3)
      and ($4::text is null or position(lower($4) in lower(e.key || ' ' || coalesce(r.configuration ->> 'name', ''))) > 0)
      and ($5::uuid is null or e.id < $5)
    order by e.id desc limit $6`,
);

const KEYS = statement('event_keys', `select key from event where game_id = $1 and archived_at is null`);

const REVISIONS_PAGE = statement(
  'event_revisions_page',
  `select revision, configuration, author, created_at as "createdAt" from event_revision
    where event_id = $1 and ($2::int is null or revision < $2) order by revision desc limit $3`,
);

const REVISION = statement(
  'event_revision',
  `select configuration from event_revision where event_id = $1 and revision = $2`,
);

const INSERT_EVENT = statement(
  'event_insert',
  `insert into event (id, studio_id, game_id, key, status, revision, version, published_at, created_at, updated_at, updated_by)
   values ($1, $2, $3, $4, $5, 1, 1, $6, $7, $7, $8)`,
);

const INSERT_REVISION = statement(
  'event_revision_insert',
  `insert into event_revision (event_id, revision, studio_id, game_id, configuration, author, created_at)
   values ($1, $2, $3, $4, $5, $6, $7)`,
);

const UPDATE_EVENT = statement(
  'event_update',
  `update event set key = $8, revision = $2, status = $3, archived_at = $4, published_at = coalesce(published_at, $5),
          version = version + 1, updated_at = $6, updated_by = $7
    where id = $1`,
);

const SET_STATUS = statement(
  'event_set_status',
  `update event set status = $3, version = version + 1, updated_at = $4, updated_by = $5
    where id = $1 and status = $2 returning version`,
);

const APPLY_PREPARED = statement(
  'configuration_apply_prepared',
  `select exists (select from configuration_apply where game_id = $1 and state = 'prepared') as prepared`,
);
const uniqueViolation = '23505';

/** Events and their revisions. */
@Injectable()
export class DefinitionsStore {
  ofGame(tx: Tx, gameId: string): Promise<EventRow[]> {
    return tx.query<EventRow>(EVENTS_OF_GAME, [gameId]);
  }

  /** Locks every event of the game, in one order for everyone, and reads them. */
  async lockGame(tx: Tx, gameId: string): Promise<EventRow[]> {
    await tx.query(LOCK_EVENTS_OF_GAME, [gameId]);
    return this.ofGame(tx, gameId);
  }

  async lock(tx: Tx, eventId: string): Promise<EventRow | null> {
    await tx.query(LOCK_EVENT, [eventId]);
    return this.one(tx, eventId);
  }

  /** Null when somebody else works on the event at this moment. */
  async claim(tx: Tx, eventId: string): Promise<EventRow | null> {
    const [claimed] = await tx.query<{ id: string }>(CLAIM_EVENT, [eventId]);
    return claimed === undefined ? null : this.one(tx, eventId);
  }

  /** Id of an event named by id or key; null when the game has none of that name. */
  async find(tx: Tx, gameId: string, idOrKey: string): Promise<string | null> {
    const id = isUuid(idOrKey) ? idOrKey : null;
    const [row] = await tx.query<{ id: string }>(FIND_EVENT, [gameId, id, idOrKey]);
    return row?.id ?? null;
  }

  /** Newest first. */
  page(
    tx: Tx,
    gameId: string,
    of: { archived: boolean; status: EventStatus | null; q: string | null; beforeId: string | null; limit: number },
  ): Promise<EventRow[]> {
    return tx.query<EventRow>(EVENTS_PAGE, [gameId, of.archived, of.status, of.q, of.beforeId, of.limit]);
  }

  async keys(tx: Tx, gameId: string): Promise<string[]> {
    const rows = await tx.query<{ key: string }>(KEYS, [gameId]);
    return rows.map(({ key }) => key);
  }

  /** Newest first, older than the given one. */
  revisions(tx: Tx, eventId: string, before: number | null, limit: number): Promise<RevisionRow[]> {
    return tx.query<RevisionRow>(REVISIONS_PAGE, [eventId, before, limit]);
  }

  async revision(tx: Tx, eventId: string, revision: number): Promise<EventConfiguration | null> {
    const [row] = await tx.query<{ configuration: EventConfiguration }>(REVISION, [eventId, revision]);
    return row?.configuration ?? null;
  }

  async insert(
    tx: Tx,
    event: { id: string; key: string; status: EventStatus } & GameScope,
    write: RevisionWrite,
  ): Promise<void> {
    const { id, studioId, gameId, key, status } = event;
    const publishedAt = status === 'draft' ? null : write.at;
    const values = [id, studioId, gameId, key, status, publishedAt, write.at, write.author];
    await tx.query(INSERT_EVENT, values).catch(refuseTakenKey(key));
    await this.insertRevision(tx, event, 1, write);
  }

  async insertRevision(
    tx: Tx,
    event: { id: string } & GameScope,
    revision: number,
    write: RevisionWrite,
  ): Promise<void> {
    const configuration = JSON.stringify(write.configuration);
    await tx.query(INSERT_REVISION, [
      event.id,
      revision,
      event.studioId,
      event.gameId,
      configuration,
      write.author,
      write.at,
    ]);
  }

  async update(
    tx: Tx,
    event: Pick<EventRow, 'id' | 'key' | 'revision' | 'status' | 'archivedAt'>,
    write: { at: Date; author: string | null; publishedAt: Date | null },
  ): Promise<void> {
    const { id, key, revision, status, archivedAt } = event;
    const values = [id, revision, status, archivedAt, write.publishedAt, write.at, write.author, key];
    await tx.query(UPDATE_EVENT, values).catch(refuseTakenKey(key));
  }

  /**
   * Moves along one edge of the life cycle; no effect when the event is not there any more.
   *
   * @returns what is to be told of it
   */
  async setStatus(
    tx: Tx,
    event: Pick<EventRow, 'id' | 'key' | 'studioId' | 'gameId'>,
    { from, to }: { from: EventStatus; to: EventStatus },
    { at, author = null }: { at: Date; author?: string | null },
  ): Promise<NewFact[]> {
    const [moved] = await tx.query<{ version: number }>(SET_STATUS, [event.id, from, to, at, author]);
    return moved === undefined ? [] : [statusChangedFact(event, { from, to, version: moved.version, at })];
  }

  /** True while a document is being applied to the game. */
  async isApplyPrepared(tx: Tx, gameId: string): Promise<boolean> {
    const [row] = await tx.query<{ prepared: boolean }>(APPLY_PREPARED, [gameId]);
    return row?.prepared ?? false;
  }

  async one(tx: Tx, eventId: string): Promise<EventRow | null> {
    const [row] = await tx.query<EventRow>(EVENT, [eventId]);
    return row ?? null;
  }
}

/** @throws conflict (key_taken): the index decides, also between two who create at once */
function refuseTakenKey(key: string) {
  return (error: unknown): never => {
    if ((error as { code?: unknown }).code !== uniqueViolation) throw error;
    throw fail('conflict', `there is an event '${key}' already`, { reason: 'key_taken', key });
  };
}

export interface RevisionRow {
  revision: number;
  configuration: EventConfiguration;
  author: string | null;
  createdAt: Date;
}

export interface RevisionWrite {
  configuration: EventConfiguration;
  author: string | null;
  at: Date;
}

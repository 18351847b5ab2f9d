import { Injectable } from '@nestjs/common';
import type { GameScope } from '@kraty/contracts/common';
import type { EventConfiguration } from '@kraty/contracts/events';
import { statement, type Tx } from '@kraty/platform/persistence';
import type { EventStatus } from './event-definition.js';

/** An event with its newest statement. */
export interface EventRow {
  id: string;
  studioId: string;
  gameId: string;
  key: string;
  status: EventStatus;
  revision: number;
  publishedAt: Date | null;
  archivedAt: Date | null;
  configuration: EventConfiguration;
  /** A window has opened at some time. */
  hasOpened: boolean;
}

const eventColumns = `e.id, e.studio_id as "studioId", e.game_id as "gameId", e.key, e.status, e.revision,
  e.published_at as "publishedAt", e.archived_at as "archivedAt", r.configuration,
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

const PUBLISHED_EVENTS = statement(
  'events_published',
  `select ${eventColumns} from ${eventTables}
    where e.status in ('scheduled', 'live', 'paused') and e.archived_at is null and e.id > $1
    order by e.id limit $2`,
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
  `update event set revision = $2, status = $3, archived_at = $4, published_at = coalesce(published_at, $5),
          version = version + 1, updated_at = $6, updated_by = $7
    where id = $1`,
);

const SET_STATUS = statement(
  'event_set_status',
  `update event set status = $3, version = version + 1, updated_at = $4 where id = $1 and status = any($2)`,
);

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

  /** Events whose windows are kept ready, in pages by id. */
  published(tx: Tx, afterId: string, limit: number): Promise<EventRow[]> {
    return tx.query<EventRow>(PUBLISHED_EVENTS, [afterId, limit]);
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
    await tx.query(INSERT_EVENT, [id, studioId, gameId, key, status, publishedAt, write.at, write.author]);
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
    event: Pick<EventRow, 'id' | 'revision' | 'status' | 'archivedAt'>,
    write: { at: Date; author: string | null; publishedAt: Date | null },
  ): Promise<void> {
    const { id, revision, status, archivedAt } = event;
    await tx.query(UPDATE_EVENT, [id, revision, status, archivedAt, write.publishedAt, write.at, write.author]);
  }

  /** Moves along one edge of the life cycle; no effect when the event is not in one of `from`. */
  async setStatus(tx: Tx, eventId: string, from: EventStatus[], to: EventStatus, at: Date): Promise<void> {
    await tx.query(SET_STATUS, [eventId, from, to, at]);
  }

  async one(tx: Tx, eventId: string): Promise<EventRow | null> {
    const [row] = await tx.query<EventRow>(EVENT, [eventId]);
    return row ?? null;
  }
}

export interface RevisionWrite {
  configuration: EventConfiguration;
  author: string | null;
  at: Date;
}

import { Injectable } from '@nestjs/common';
import type { Json } from '@kraty/contracts/common';
import type { WindowState } from '@kraty/contracts/events';
import { statement, type Tx } from '@kraty/platform/persistence';

/** A window that takes metadata of its own: it runs, or is still to come. */
export interface OpenToOverride {
  id: string;
  eventId: string;
  startsAt: Date;
  state: Extract<WindowState, 'upcoming' | 'open'>;
  metadata: Json;
}

const columns = `w.id, w.event_id as "eventId", w.starts_at as "startsAt", w.state, w.metadata_override as metadata`;
const editable = `w.player_id is null and w.state in ('upcoming', 'open')`;

// Windows that run, whether they say something of their own or not, and all others that do.
const OF_GAME = statement(
  'document_overrides_of_game',
  `select ${columns} from event e join event_window w on w.event_id = e.id
    where e.game_id = $1 and e.archived_at is null and ${editable}
      and (w.metadata_override <> '{}' or w.state = 'open' or w.starts_at <= $2)
    order by w.event_id, w.starts_at`,
);

const LOCK_OF_EVENT = statement(
  'document_overrides_lock',
  `select ${columns} from event_window w where w.event_id = $1 and ${editable} order by w.id for no key update`,
);

const WRITE = statement(
  'document_overrides_write',
  `update event_window w
      set metadata_override = v.metadata::jsonb, override_updated_by = $3, override_updated_at = $4
     from unnest($1::uuid[], $2::text[]) as v(id, metadata)
    where w.id = v.id`,
);

/** Metadata of windows as documents state it: all of an event's at once (04 §12). */
@Injectable()
export class DocumentOverridesStore {
  ofGame(tx: Tx, gameId: string, now: Date): Promise<OpenToOverride[]> {
    return tx.query<OpenToOverride>(OF_GAME, [gameId, now]);
  }

  /** Locked until the transaction ends; the caller holds the event. */
  lockOfEvent(tx: Tx, eventId: string): Promise<OpenToOverride[]> {
    return tx.query<OpenToOverride>(LOCK_OF_EVENT, [eventId]);
  }

  async write(
    tx: Tx,
    changes: readonly { id: string; metadata: Json }[],
    by: { author: string | null; at: Date },
  ): Promise<void> {
    if (changes.length === 0) return;
    const ids = changes.map(({ id }) => id);
    const texts = changes.map(({ metadata }) => JSON.stringify(metadata));
    await tx.query(WRITE, [ids, texts, by.author, by.at]);
  }
}

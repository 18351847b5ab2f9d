import { Injectable } from '@nestjs/common';
import type { Environment } from '@kraty/contracts/common';
import type { WindowState } from '@kraty/contracts/events';
import { statement, type Tx } from '@kraty/platform/persistence';
import type { WindowViewRow } from './event-view.js';

/** $1 is the environment: what people did is counted there. */
const columns = `w.id, w.event_id as "eventId", w.ordinal as index, w.starts_at as "startsAt", w.ends_at as "endsAt", w.state,
  w.revision, w.finalized_at as "finalizedAt", w.metadata_override as "metadataOverride",
  w.override_updated_by as "overrideUpdatedBy", w.override_updated_at as "overrideUpdatedAt",
  played.participants, played.attempts`;
/** Each player has one board a window, so an index gives both numbers. */
const played = `cross join lateral (
  select count(distinct a.player_id)::int as participants, count(*)::int as attempts
    from event_board b join attempt a on a.leaderboard_id = b.leaderboard_id
   where b.event_window_id = w.id and b.environment = $1) played`;

const ONE = statement(
  'window_view',
  `select ${columns} from event_window w ${played} where w.event_id = $2 and w.id = $3 and w.player_id is null`,
);

const PAGE = statement(
  'window_views_page',
  `select ${columns} from (
     select * from event_window w
    where w.event_id = $2 and w.player_id is null and w.state = any($3)
      and ($4::timestamptz is null or w.ends_at > $4) and ($5::timestamptz is null or w.starts_at < $5)
      and ($6::timestamptz is null or w.starts_at > $6)
     order by w.starts_at limit $7) w ${played}
    order by w.starts_at`,
);

// The window that runs now and the one that follows, of each event.
const CURRENT_AND_NEXT = statement(
  'window_views_current_and_next',
  `select ${columns} from unnest($2::uuid[]) as e(id) cross join lateral (
     (select * from event_window w
       where w.event_id = e.id and w.player_id is null and w.state in ('open', 'closing') and w.ends_at > $3
       order by w.starts_at limit 1)
     union all
     (select * from event_window w
       where w.event_id = e.id and w.player_id is null and w.state = 'upcoming' and w.starts_at > $3
       order by w.starts_at limit 1)) w ${played}`,
);

/** Windows as operators see them. */
@Injectable()
export class WindowViewsStore {
  async one(tx: Tx, environment: Environment, eventId: string, windowId: string): Promise<WindowViewRow | null> {
    const [row] = await tx.query<WindowViewRow>(ONE, [environment, eventId, windowId]);
    return row ?? null;
  }

  /** Ascending by start. */
  page(
    tx: Tx,
    environment: Environment,
    eventId: string,
    of: { states: WindowState[]; from: string | null; to: string | null; afterStart: Date | null; limit: number },
  ): Promise<WindowViewRow[]> {
    const values = [environment, eventId, of.states, of.from, of.to, of.afterStart, of.limit];
    return tx.query<WindowViewRow>(PAGE, values);
  }

  currentAndNext(tx: Tx, environment: Environment, eventIds: string[], now: Date): Promise<WindowViewRow[]> {
    return tx.query<WindowViewRow>(CURRENT_AND_NEXT, [environment, eventIds, now]);
  }
}

import { Injectable } from '@nestjs/common';
import type { Environment } from '@kraty/contracts/common';
import type { WindowState } from '@kraty/contracts/events';
import { statement, type Tx } from '@kraty/platform/persistence';
import type { WindowCounts, WindowViewRow } from './event-view.js';

const columns = `w.id, w.event_id as "eventId", w.ordinal as index, w.starts_at as "startsAt", w.ends_at as "endsAt", w.state,
  w.revision, w.finalized_at as "finalizedAt", w.metadata_override as "metadataOverride",
  w.override_updated_by as "overrideUpdatedBy", w.override_updated_at as "overrideUpdatedAt"`;

/** Attempts of one window that are counted; with more of them its numbers stay here (04 §5.4). */
const countedAttemptsMax = 1_000_000;

const ONE = statement(
  'window_view',
  `select ${columns} from event_window w where w.event_id = $1 and w.id = $2 and w.player_id is null`,
);

const PAGE = statement(
  'window_views_page',
  `select ${columns} from event_window w
    where w.event_id = $1 and w.player_id is null and w.state = any($2)
      and ($3::timestamptz is null or w.ends_at > $3) and ($4::timestamptz is null or w.starts_at < $4)
      and ($5::timestamptz is null or w.starts_at > $5)
    order by w.starts_at limit $6`,
);

// The window that runs now and the one that follows, of each event.
const CURRENT_AND_NEXT = statement(
  'window_views_current_and_next',
  `select ${columns} from unnest($1::uuid[]) as e(id) cross join lateral (
     (select * from event_window w
       where w.event_id = e.id and w.player_id is null and w.state in ('open', 'closing') and w.ends_at > $2
       order by w.starts_at limit 1)
     union all
     (select * from event_window w
       where w.event_id = e.id and w.player_id is null and w.state = 'upcoming' and w.starts_at > $2
       order by w.starts_at limit 1)) w`,
);

// Each player has one board a window, so an index gives both numbers.
const COUNTS = statement(
  'window_views_counts',
  `select w.id, played.participants, played.attempts from unnest($2::uuid[]) as w(id) cross join lateral (
     select count(distinct a.player_id)::int as participants, count(*)::int as attempts
       from (select a.player_id from event_board b join attempt a on a.leaderboard_id = b.leaderboard_id
              where b.event_window_id = w.id and b.environment = $1 limit $3) a) played`,
);

/** Windows as operators see them. */
@Injectable()
export class WindowViewsStore {
  async one(tx: Tx, eventId: string, windowId: string): Promise<WindowViewRow | null> {
    const [row] = await tx.query<WindowViewRow>(ONE, [eventId, windowId]);
    return row ?? null;
  }

  /** Ascending by start. */
  page(
    tx: Tx,
    eventId: string,
    of: { states: WindowState[]; from: string | null; to: string | null; afterStart: Date | null; limit: number },
  ): Promise<WindowViewRow[]> {
    return tx.query<WindowViewRow>(PAGE, [eventId, of.states, of.from, of.to, of.afterStart, of.limit]);
  }

  currentAndNext(tx: Tx, eventIds: string[], now: Date): Promise<WindowViewRow[]> {
    return tx.query<WindowViewRow>(CURRENT_AND_NEXT, [eventIds, now]);
  }

  /** What people did, in one environment. It reads every attempt: never while a lock is held. */
  async counts(tx: Tx, environment: Environment, windowIds: string[]): Promise<WindowCounts> {
    if (windowIds.length === 0) return new Map();
    const values = [environment, windowIds, countedAttemptsMax];
    const rows = await tx.query<{ id: string; participants: number; attempts: number }>(COUNTS, values);
    return new Map(rows.map(({ id, participants, attempts }) => [id, { participants, attempts }]));
  }
}

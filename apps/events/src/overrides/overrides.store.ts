import { Injectable } from '@nestjs/common';
import type { Json } from '@kraty/contracts/common';
import { orphanDaysMax, type WindowState } from '@kraty/contracts/events';
import { statement, type Tx } from '@kraty/platform/persistence';

const msPerDay = 86_400_000;

/** A shared window with the metadata that is its own. */
export interface OverriddenWindow {
  id: string;
  startsAt: Date;
  endsAt: Date;
  state: WindowState;
  metadata: Json;
}

export interface OrphanRow {
  id: string;
  eventId: string;
  startsAt: Date;
  metadata: Json;
  orphanedAt: Date;
}

const windowColumns = `id, starts_at as "startsAt", ends_at as "endsAt", state, metadata_override as metadata`;

const LOCK_WINDOW = statement(
  'override_lock_window',
  `select ${windowColumns} from event_window
    where id = $1 and event_id = $2 and player_id is null for no key update`,
);

const PREVIOUS = statement(
  'override_previous',
  `select ${windowColumns} from event_window
    where event_id = $1 and player_id is null and starts_at < $2 order by starts_at desc limit 1`,
);

const WRITE = statement(
  'override_write',
  `update event_window set metadata_override = $2, override_updated_by = $3, override_updated_at = $4 where id = $1`,
);

const orphanColumns = `id, event_id as "eventId", starts_at as "startsAt", metadata, orphaned_at as "orphanedAt"`;

const ORPHANS = statement(
  'orphans_of_events',
  `select ${orphanColumns} from orphaned_override where event_id = any($1) and orphaned_at > $2 order by starts_at, id`,
);

const TAKE_ORPHAN = statement(
  'orphan_take',
  `delete from orphaned_override where id = $1 and event_id = $2 and orphaned_at > $3 returning ${orphanColumns}`,
);

const FORGET_ORPHANS = statement(
  'orphans_forget',
  `delete from orphaned_override
    where orphaned_at <= $1 and id in (select id from orphaned_override where orphaned_at <= $1 limit $2)`,
);

/** Metadata of single windows, and what remains of it when its window is gone (05 §3, 04 §5.4). */
@Injectable()
export class OverridesStore {
  /** Locked until the transaction ends; starts that enter the window wait so long, as they do for its closing. */
  async lockWindow(tx: Tx, eventId: string, windowId: string): Promise<OverriddenWindow | null> {
    const [row] = await tx.query<OverriddenWindow>(LOCK_WINDOW, [windowId, eventId]);
    return row ?? null;
  }

  async previous(tx: Tx, eventId: string, startsAt: Date): Promise<OverriddenWindow | null> {
    const [row] = await tx.query<OverriddenWindow>(PREVIOUS, [eventId, startsAt]);
    return row ?? null;
  }

  async write(tx: Tx, windowId: string, metadata: Json, by: string, at: Date): Promise<void> {
    await tx.query(WRITE, [windowId, JSON.stringify(metadata), by, at]);
  }

  orphans(tx: Tx, eventIds: readonly string[], now: Date): Promise<OrphanRow[]> {
    return tx.query<OrphanRow>(ORPHANS, [eventIds, keptSince(now)]);
  }

  /** Removes it; null when there is none, or it is too old. */
  async takeOrphan(tx: Tx, eventId: string, orphanId: string, now: Date): Promise<OrphanRow | null> {
    const [row] = await tx.query<OrphanRow>(TAKE_ORPHAN, [orphanId, eventId, keptSince(now)]);
    return row ?? null;
  }

  async forgetOrphans(tx: Tx, now: Date, limit: number): Promise<void> {
    await tx.query(FORGET_ORPHANS, [keptSince(now), limit]);
  }
}

function keptSince(now: Date): Date {
  return new Date(now.getTime() - orphanDaysMax * msPerDay);
}

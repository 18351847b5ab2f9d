import { Injectable } from '@nestjs/common';
import { statement, type Tx } from '@kraty/platform/persistence';
import type { AttemptState } from './attempt.js';

/** Until an attempt that could not be ended is tried again: milliseconds. */
const againAfterMs = 5 * 60_000;
/** How long a window waits for an attempt that cannot be ended: time to mend what is wrong. */
const waitedForMinutes = 60;
/** Of one window; where more cannot be ended, something else is wrong than they, and the window waits. */
const leftBehindMax = 100;
const reasonCharactersMax = 500;

const PARK = statement(
  'attempt_park',
  `insert into parked_attempt (attempt_id, event_window_id, studio_id, game_id, reason, failed_since, due_at)
   values ($1, $2, $3, $4, $5, $6, $7)
   on conflict (attempt_id) do update set reason = excluded.reason, due_at = excluded.due_at`,
);

const FORGET_ENDED = statement(
  'parked_forget_ended',
  `delete from parked_attempt p using attempt a where a.id = p.attempt_id and a.status <> 'in_progress'`,
);

const COUNT = statement('parked_count', 'select count(*)::int as parked from parked_attempt');

/** Of the attempt `a`: it is tried again by itself, not with the others. */
export const isParked = `exists (select from parked_attempt p where p.attempt_id = a.id)`;

/** Of the window `w`: all its attempts are over, or are those few it has waited for in vain. */
export const hasNoneToWaitFor = (now: string): string => `not exists (
  select from attempt a
   where a.event_window_id = w.id and a.status = 'in_progress'
     and not exists (select from parked_attempt p
                      where p.attempt_id = a.id
                        and p.failed_since <= ${now}::timestamptz - interval '${waitedForMinutes} minutes'
                        and (select count(*) from parked_attempt q where q.event_window_id = w.id) <= ${leftBehindMax}))`;

/** Attempts that are over and could not be ended (05 §9.5). */
@Injectable()
export class ParkedAttemptsStore {
  async park(tx: Tx, { id, eventWindowId, studioId, gameId }: AttemptState, reason: string, now: Date): Promise<void> {
    const dueAt = new Date(now.getTime() + againAfterMs);
    await tx.query(PARK, [id, eventWindowId, studioId, gameId, reason.slice(0, reasonCharactersMax), now, dueAt]);
  }

  /** Attempts that have been ended since, by whomever. */
  async forgetEnded(tx: Tx): Promise<void> {
    await tx.query(FORGET_ENDED, []);
  }

  async count(tx: Tx): Promise<number> {
    const [row] = await tx.query<{ parked: number }>(COUNT, []);
    return row?.parked ?? 0;
  }
}

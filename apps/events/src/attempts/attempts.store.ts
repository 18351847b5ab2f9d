import { Injectable } from '@nestjs/common';
import { plainArray, statement, type Tx } from '@kraty/platform/persistence';
import type { EventStatus } from '../definitions/event-definition.js';
import type { AttemptState } from './attempt.js';
import { attemptColumns, attemptTables, columnsOfEnds, stateOf, type AttemptRow } from './attempt-rows.store.js';
import { isParked } from './parked-attempts.store.js';

/** An attempt with the state of its event at the moment of the lock. */
export interface LockedAttempt {
  attempt: AttemptState;
  eventStatus: EventStatus;
  /** The newest, whatever the attempt is played by (05 §16). */
  eventRevision: number;
}

const LOCK_ATTEMPTS = statement(
  'attempts_lock',
  `select ${attemptColumns}, e.status as "eventStatus", e.revision as "eventRevision"
     from ${attemptTables} join event e on e.id = a.event_id
    where a.id = any($1) order by a.id for update of a`,
);

const SAVE_ENDED = statement(
  'attempts_save_ended',
  `update attempt a set status = v.status, ends_at = to_timestamp(v.ends_at / 1000), completed_at = to_timestamp(v.completed_at / 1000)
     from unnest($1::uuid[], $2::text[], $3::float8[], $4::float8[]) as v(id, status, ends_at, completed_at)
    where a.id = v.id`,
);

// Nothing expires while its event is paused: its clock runs on and is read on resume (05 §15).
const CLAIM_OVERDUE = statement(
  'attempts_claim_overdue',
  `select ${attemptColumns} from ${attemptTables} join event e on e.id = a.event_id
    where a.status = 'in_progress' and a.ends_at <= $1 and e.status <> 'paused' and not ${isParked}
    order by a.ends_at limit $2 for update of a skip locked`,
);

/** In the order of the index of running attempts: one that goes by their ids would pass all that have ended, chunk after chunk. */
const CLAIM_OF_WINDOW = statement(
  'attempts_claim_of_window',
  `select ${attemptColumns} from ${attemptTables}
    where a.event_window_id = $1 and a.status = 'in_progress' and not ${isParked}
    order by a.player_id limit $2 for update of a skip locked`,
);

/** Whose window has ended early is overdue by that alone, and nobody closes a window again. */
const CLAIM_PARKED = statement(
  'attempts_claim_parked',
  `select ${attemptColumns} from parked_attempt p join ${attemptTables} on a.id = p.attempt_id
     join event e on e.id = a.event_id
    where p.due_at <= $1 and a.status = 'in_progress' and e.status <> 'paused'
    order by p.due_at limit $2 for update of a skip locked`,
);

const RUNNING_OF_PLAYER = statement(
  'attempts_running_of_player',
  `select ${attemptColumns} from ${attemptTables}
    where a.player_id = $1 and a.event_window_id = any($2) and a.status = 'in_progress'
      and not (a.ends_at <= $3 and ${isParked})`,
);

/** Attempts, but for progress and starts, which have stores of their own. */
@Injectable()
export class AttemptsStore {
  /** Locked in one order for everyone. Ids that name no attempt are left out. */
  async lock(tx: Tx, attemptIds: readonly string[]): Promise<LockedAttempt[]> {
    const rows = await tx.query<AttemptRow & { eventStatus: EventStatus; eventRevision: number }>(LOCK_ATTEMPTS, [
      plainArray(attemptIds),
    ]);
    return rows.map((row) => ({
      attempt: stateOf(row),
      eventStatus: row.eventStatus,
      eventRevision: row.eventRevision,
    }));
  }

  async saveEnded(tx: Tx, attempts: readonly AttemptState[]): Promise<void> {
    if (attempts.length === 0) return;
    const { ids, statuses, endsAts, completedAts } = columnsOfEnds(attempts);
    await tx.query(SAVE_ENDED, [ids, statuses, endsAts, completedAts]);
  }

  /** Overdue attempts that nobody else works on, but for parked ones. */
  async claimOverdue(tx: Tx, now: Date, limit: number): Promise<AttemptState[]> {
    return (await tx.query<AttemptRow>(CLAIM_OVERDUE, [now, limit])).map(stateOf);
  }

  /** Of a window, likewise. */
  async claimOfWindow(tx: Tx, windowId: string, limit: number): Promise<AttemptState[]> {
    return (await tx.query<AttemptRow>(CLAIM_OF_WINDOW, [windowId, limit])).map(stateOf);
  }

  /** Parked ones that are to be tried again. */
  async claimParked(tx: Tx, now: Date, limit: number): Promise<AttemptState[]> {
    return (await tx.query<AttemptRow>(CLAIM_PARKED, [now, limit])).map(stateOf);
  }

  /** But for those that are over and could not be ended. */
  async runningOf(tx: Tx, playerId: string, windowIds: readonly string[], now: Date): Promise<AttemptState[]> {
    return (await tx.query<AttemptRow>(RUNNING_OF_PLAYER, [playerId, windowIds, now])).map(stateOf);
  }
}

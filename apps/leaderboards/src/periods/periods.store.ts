import { Injectable } from '@nestjs/common';
import type { Environment } from '@kraty/contracts/common';
import { Database, statement, type Tx } from '@kraty/platform/persistence';

/** A period that has ended. */
export interface EndedPeriod {
  leaderboardId: string;
  environment: Environment;
  startedAt: Date;
  endedAt: Date;
}

const selectDue = statement(
  'select-due-periods',
  `select leaderboard_id as "leaderboardId", environment, started_at as "startedAt", ended_at as "endedAt"
     from leaderboard_period where closed_at is null and ended_at <= $1 order by ended_at, started_at, leaderboard_id limit $2`,
);
/** No list is added to the period while it is being closed. */
const lockPeriod = statement(
  'lock-period-to-close',
  `select from leaderboard_period
    where leaderboard_id = $1 and environment = $2 and started_at = $3 and closed_at is null for update`,
);
const closePeriod = statement(
  'close-leaderboard-period',
  'update leaderboard_period set closed_at = $4 where leaderboard_id = $1 and environment = $2 and started_at = $3',
);
const selectOpenParts = statement(
  'select-open-parts',
  `select leaderboard_id as id from board
    where definition_id = $1 and environment = $2 and opens_at = $3 and finalized_at is null order by leaderboard_id`,
);

/** Periods on their way to being closed. */
@Injectable()
export class PeriodsStore {
  constructor(private readonly database: Database) {}

  /** Ended by then and not closed, the oldest first. */
  due(by: Date, periodsMax: number): Promise<EndedPeriod[]> {
    return this.database.query<EndedPeriod>(selectDue, [by, periodsMax]);
  }

  /** False when somebody has closed it. */
  async lock(tx: Tx, { leaderboardId, environment, startedAt }: EndedPeriod): Promise<boolean> {
    return (await tx.query(lockPeriod, [leaderboardId, environment, startedAt])).length > 0;
  }

  async close(tx: Tx, { leaderboardId, environment, startedAt }: EndedPeriod, now: Date): Promise<void> {
    await tx.query(closePeriod, [leaderboardId, environment, startedAt, now]);
  }

  /** Ranked lists of the period that are not frozen. */
  async openParts({ leaderboardId, environment, startedAt }: EndedPeriod, tx: Tx = this.database): Promise<string[]> {
    const rows = await tx.query<{ id: string }>(selectOpenParts, [leaderboardId, environment, startedAt]);
    return rows.map(({ id }) => id);
  }
}

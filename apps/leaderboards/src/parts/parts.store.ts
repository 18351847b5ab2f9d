import { Injectable } from '@nestjs/common';
import type { Environment } from '@kraty/contracts/common';
import { Database, statement, type Tx } from '@kraty/platform/persistence';
import type { Period } from '../definitions/period.js';

interface PeriodRow {
  startedAt: Date;
  endedAt: Date | null;
  closedAt: Date | null;
}

const openPeriod = statement(
  'open-leaderboard-period',
  `insert into leaderboard_period (leaderboard_id, environment, started_at, ended_at)
   values ($1, $2, to_timestamp($3::float8 / 1000), to_timestamp($4::float8 / 1000))
   on conflict do nothing`,
);
const columns = `started_at as "startedAt", ended_at as "endedAt", closed_at as "closedAt"`;
const lockPeriod = statement(
  'lock-leaderboard-period',
  `select ${columns} from leaderboard_period
    where leaderboard_id = $1 and environment = $2 and started_at = to_timestamp($3::float8 / 1000) for share`,
);
const selectPeriod = statement(
  'select-leaderboard-period',
  `select ${columns} from leaderboard_period
    where leaderboard_id = $1 and environment = $2 and started_at = to_timestamp($3::float8 / 1000)`,
);
const selectClosed = statement(
  'select-closed-periods',
  `select ${columns} from leaderboard_period
    where leaderboard_id = $1 and environment = $2 and closed_at is not null order by started_at desc limit $3`,
);
const selectParts = statement(
  'select-parts',
  `select leaderboard_id as id, segment from board
    where definition_id = $1 and environment = $2 and opens_at = to_timestamp($3::float8 / 1000)`,
);
/** Frozen lists keep their live rows. */
const selectHeldSegments = statement(
  'select-held-segments',
  `select segment from board
    where definition_id = $1 and environment = $2 and opens_at = to_timestamp($3::float8 / 1000) and segment is not null
      and exists (select from board_entry as entry
                   where entry.leaderboard_id = board.leaderboard_id and entry.removed_at is null)`,
);
const selectPartsOfPlayer = statement(
  'select-parts-of-player',
  `select board.leaderboard_id as id, coalesce(segment, '') as segment from board
     join board_entry as entry on entry.leaderboard_id = board.leaderboard_id and entry.participant_id = $4 and entry.removed_at is null
    where definition_id = $1 and environment = $2 and opens_at = to_timestamp($3::float8 / 1000)`,
);

/** Periods and segments in which somebody stands. */
@Injectable()
export class PartsStore {
  constructor(private readonly database: Database) {}

  /** False when the period is closed already: nothing may be added to it. */
  async openPeriod(tx: Tx, leaderboardId: string, environment: Environment, period: Period): Promise<boolean> {
    await tx.query(openPeriod, [leaderboardId, environment, period.startMs, period.endMs]);
    const [row] = await tx.query<PeriodRow>(lockPeriod, [leaderboardId, environment, period.startMs]);
    return row !== undefined && row.closedAt === null;
  }

  /** Null for a period in which nobody stands. */
  async period(leaderboardId: string, environment: Environment, startMs: number): Promise<PeriodRow | null> {
    const [row] = await this.database.query<PeriodRow>(selectPeriod, [leaderboardId, environment, startMs]);
    return row ?? null;
  }

  /** Newest first. */
  closedPeriods(leaderboardId: string, environment: Environment, limit: number): Promise<PeriodRow[]> {
    return this.database.query<PeriodRow>(selectClosed, [leaderboardId, environment, limit]);
  }

  /** Ranked lists of a period, in no order. */
  parts(
    leaderboardId: string,
    environment: Environment,
    startMs: number,
    tx: Tx = this.database,
  ): Promise<{ id: string; segment: string | null }[]> {
    return tx.query(selectParts, [leaderboardId, environment, startMs]);
  }

  /** Segments in which somebody stands, in no order. */
  async heldSegments(leaderboardId: string, environment: Environment, startMs: number): Promise<string[]> {
    const values = [leaderboardId, environment, startMs];
    const rows = await this.database.query<{ segment: string }>(selectHeldSegments, values);
    return rows.map(({ segment }) => segment);
  }

  /** Segments in which a player has a row; `''` stands for a board that is not split. */
  async segmentsOf(
    leaderboardId: string,
    environment: Environment,
    startMs: number,
    playerId: string,
  ): Promise<string[]> {
    const values = [leaderboardId, environment, startMs, playerId];
    const rows = await this.database.query<{ segment: string }>(selectPartsOfPlayer, values);
    return rows.map(({ segment }) => segment);
  }
}

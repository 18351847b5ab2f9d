import { Injectable } from '@nestjs/common';
import type { BoardStanding } from '@kraty/contracts/events';
import { Database, statement } from '@kraty/platform/persistence';

/** Of equal best scores the earlier one counts; a player without a write stands there since the first start. */
const STANDINGS = statement(
  'standings_page',
  `select distinct on (player_id) player_id as "playerId", best_score as "bestScore",
          (extract(epoch from coalesce(best_at, started_at)) * 1000)::float8 as "achievedAtMs"
     from attempt
    where leaderboard_id = $1 and player_id > $2
    order by player_id, best_score desc nulls last, coalesce(best_at, started_at)
    limit $3`,
);

/** Boards as their attempts tell them. */
@Injectable()
export class StandingsStore {
  constructor(private readonly database: Database) {}

  async page(leaderboardId: string, afterPlayerId: string, limit: number): Promise<BoardStanding[]> {
    const rows = await this.database.query<BoardStanding>(STANDINGS, [leaderboardId, afterPlayerId, limit]);
    return rows.map((row) => ({ ...row, achievedAtMs: Math.round(row.achievedAtMs) }));
  }
}

import { Injectable } from '@nestjs/common';
import type { BoardStanding, ScoreAggregation } from '@kraty/contracts/events';
import { Database, statement } from '@kraty/platform/persistence';

/**
 * Standings of a page of players in the order of their ids: each reads the attempts of its own players alone, as one range
 * of the index on board and player. A player without a write stands since the first start.
 */
const columns = `player_id as "playerId", score, (extract(epoch from achieved_at) * 1000)::float8 as "achievedAtMs"`;
const startedOf = `min(started_at) over (partition by player_id)`;

/** The highest score of any write; of equal ones the earlier counts. */
const BEST = `
  select distinct on (player_id) player_id, best_score as score, coalesce(best_at, started_at) as achieved_at
    from attempt
   where leaderboard_id = $1 and player_id > $2
   order by player_id, best_score desc nulls last, coalesce(best_at, started_at)
   limit $3`;

/**
 * The score of the last write, and since when the board has shown it: attempts are followed backwards from the last
 * until one that ended with another score, or in which the score changed. A player's attempts of a board never overlap.
 */
const LATEST = `
  with page as (
    select distinct player_id from attempt where leaderboard_id = $1 and player_id > $2 order by player_id limit $3
  ), played as (
    select player_id, score, best_score, score_at, best_at, ${startedOf} as first_started_at,
           first_value(score) over latest_first as last_score,
           row_number() over latest_first as place
      from attempt
     where leaderboard_id = $1 and player_id > $2
       and player_id <= (select player_id from page order by player_id desc limit 1)
    window latest_first as (partition by player_id order by best_score is null, coalesce(last_progress_at, started_at) desc, id desc)
  ), followed as (
    select *, coalesce(bool_or(best_score is null or score <> last_score or score_at is not null)
                         over (partition by player_id order by place rows between unbounded preceding and 1 preceding), false) as is_before_it
      from played
  )
  select player_id, min(case when place = 1 and best_score is not null then score end) as score,
         coalesce(min(coalesce(score_at, best_at)) filter (where not is_before_it and best_score is not null and score = last_score),
                  min(first_started_at)) as achieved_at
    from followed
   group by player_id`;

/**
 * Every attempt with its present score. The sum last changed where an attempt's score last changed; an attempt that
 * has always been at 0 has never changed it.
 */
const SUM = `
  select player_id, sum(score) filter (where best_score is not null) as score,
         coalesce(max(case when score_at is not null then score_at when score <> 0 then best_at end), min(best_at), min(started_at)) as achieved_at
    from attempt
   where leaderboard_id = $1 and player_id > $2
   group by player_id
   order by player_id
   limit $3`;

const page = (aggregation: ScoreAggregation, standings: string) =>
  statement(`standings_${aggregation}`, `select ${columns} from (${standings}) standing order by player_id`);

const PAGES = { best: page('best', BEST), latest: page('latest', LATEST), sum: page('sum', SUM) } as const;

const AGGREGATION = statement(
  'standings_aggregation',
  `select score_aggregation as "aggregation" from event_board where leaderboard_id = $1`,
);

/** Boards as their attempts tell them. */
@Injectable()
export class StandingsStore {
  constructor(private readonly database: Database) {}

  /** Null when there is no such board. */
  async aggregationOf(leaderboardId: string): Promise<ScoreAggregation | null> {
    const [row] = await this.database.query<{ aggregation: ScoreAggregation }>(AGGREGATION, [leaderboardId]);
    return row?.aggregation ?? null;
  }

  page(
    aggregation: ScoreAggregation,
    leaderboardId: string,
    afterPlayerId: string,
    limit: number,
  ): Promise<BoardStanding[]> {
    return this.database.query<BoardStanding>(PAGES[aggregation], [leaderboardId, afterPlayerId, limit]);
  }
}

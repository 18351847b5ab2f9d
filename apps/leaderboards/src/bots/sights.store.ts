import { Injectable } from '@nestjs/common';
import { statement, type Tx } from '@kraty/platform/persistence';

const order = 'score desc, achieved_at, participant_id desc';

/** Scores at some ranks among humans, and of the last of them. */
const humansAt = statement(
  'sight-humans-at',
  `with human as materialized (
     select row_number() over (order by ${order})::int as rank, score
       from board_entry where leaderboard_id = $1 and removed_at is null and kind = 'player' order by ${order} limit $3)
   select rank, score from human where rank = any($2::int[]) or rank = (select max(rank) from human) order by rank`,
);
const counts = statement(
  'sight-counts',
  `select count(*)::int as "participantCount", (count(*) filter (where kind = 'player'))::int as "humanCount",
          coalesce(max(score), 0)::float8 as "topScore"
     from board_entry where leaderboard_id = $1 and removed_at is null`,
);
/** The rank only for who asks for it: on a large board it counts everybody above. */
const humans = statement(
  'sight-humans',
  `select self.participant_id as "participantId", self.score,
          case when $3::boolean then (select count(*)::int from board_entry as other
            where other.leaderboard_id = self.leaderboard_id and other.removed_at is null
              and (other.score > self.score
                   or (other.score = self.score and other.achieved_at < self.achieved_at)
                   or (other.score = self.score and other.achieved_at = self.achieved_at
                       and other.participant_id > self.participant_id))) + 1
               else 0 end as rank
     from board_entry as self
    where self.leaderboard_id = $1 and self.removed_at is null and self.kind = 'player' and self.participant_id = any($2::uuid[])`,
);
const botRanks = statement(
  'sight-bot-ranks',
  `select participant_id as "participantId", rank
     from (select participant_id, kind, row_number() over (order by ${order})::int as rank
             from board_entry where leaderboard_id = $1 and removed_at is null) as ranked
    where kind = 'bot'`,
);

export interface BoardCounts {
  participantCount: number;
  humanCount: number;
  topScore: number;
}

/** What bots look at, straight from the rows: the index may lag behind the write that they answer to. */
@Injectable()
export class SightsStore {
  /** In ascending order of rank; the last is the last human, whatever was asked for. */
  humansAt(tx: Tx, leaderboardId: string, ranks: readonly number[]): Promise<{ rank: number; score: number }[]> {
    return tx.query(humansAt, [leaderboardId, ranks, Math.max(...ranks)]);
  }

  async counts(tx: Tx, leaderboardId: string): Promise<BoardCounts> {
    const [row] = await tx.query<BoardCounts>(counts, [leaderboardId]);
    return row ?? { participantCount: 0, humanCount: 0, topScore: 0 };
  }

  /** Those of the players who stand on the board; of rank 0 when ranks are not wanted. */
  humans(
    tx: Tx,
    leaderboardId: string,
    playerIds: readonly string[],
    { ranked }: { ranked: boolean },
  ): Promise<{ participantId: string; score: number; rank: number }[]> {
    return tx.query(humans, [leaderboardId, playerIds, ranked]);
  }

  async botRanks(tx: Tx, leaderboardId: string): Promise<Map<string, number>> {
    const rows = await tx.query<{ participantId: string; rank: number }>(botRanks, [leaderboardId]);
    return new Map(rows.map(({ participantId, rank }) => [participantId, rank]));
  }
}

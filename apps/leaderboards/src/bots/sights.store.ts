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
  `select count(*)::int as "participantCount", (count(*) filter (where kind = 'player'))::int as "humanCount"
     from board_entry where leaderboard_id = $1 and removed_at is null`,
);
const topScore = statement(
  'sight-top-score',
  `select score from board_entry where leaderboard_id = $1 and removed_at is null order by ${order} limit 1`,
);
const humans = statement(
  'sight-humans',
  `select participant_id as "participantId", score from board_entry
    where leaderboard_id = $1 and removed_at is null and kind = 'player' and participant_id = any($2::uuid[])`,
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
}

/** What bots look at, straight from the rows: the index may lag behind the write that they answer to. */
@Injectable()
export class SightsStore {
  /** In ascending order of rank; the last is the last human, whatever was asked for. */
  humansAt(tx: Tx, leaderboardId: string, ranks: readonly number[]): Promise<{ rank: number; score: number }[]> {
    return tx.query(humansAt, [leaderboardId, ranks, Math.max(...ranks)]);
  }

  /** Counts every row. */
  async counts(tx: Tx, leaderboardId: string): Promise<BoardCounts> {
    const [row] = await tx.query<BoardCounts>(counts, [leaderboardId]);
    return row ?? { participantCount: 0, humanCount: 0 };
  }

  /** 0 of an empty board. */
  async topScore(tx: Tx, leaderboardId: string): Promise<number> {
    const [row] = await tx.query<{ score: number }>(topScore, [leaderboardId]);
    return row?.score ?? 0;
  }

  /** Those of the players who stand on the board. */
  humans(
    tx: Tx,
    leaderboardId: string,
    playerIds: readonly string[],
  ): Promise<{ participantId: string; score: number }[]> {
    return tx.query(humans, [leaderboardId, playerIds]);
  }

  /** Ranks every row. */
  async botRanks(tx: Tx, leaderboardId: string): Promise<Map<string, number>> {
    const rows = await tx.query<{ participantId: string; rank: number }>(botRanks, [leaderboardId]);
    return new Map(rows.map(({ participantId, rank }) => [participantId, rank]));
  }
}

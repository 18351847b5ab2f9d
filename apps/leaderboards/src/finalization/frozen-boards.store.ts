import { Injectable } from '@nestjs/common';
import { Database, statement, type Tx } from '@kraty/platform/persistence';
import type { RankRead } from '../ranks/ranks.store.js';

export interface FrozenRow {
  participantId: string;
  kind: 'player' | 'bot';
  rank: number;
  score: number;
  joinedOnly: boolean;
  /** Whom the row was frozen for, when that player was merged away since. */
  rankedAs: string | null;
}

/** Most rows that one read shows (06 §2). */
const rowsARead = 200;
const columns = `participant_id as "participantId", kind, rank, score, joined_only as "joinedOnly",
  ranked_as as "rankedAs"`;

/**
 * One statement, so one sight of the rows: in chunks, a row that moves between two of them would be ranked twice or
 * never. `offset 0` has them read as they lie and sorted, which spills to disk and is over in a third of the time: the
 * index of the order would fetch a million rows from a million places.
 */
const materialize = statement(
  'materialize-board',
  `insert into leaderboard_entry (leaderboard_id, rank, participant_id, kind, score, achieved_at, joined_only)
   select leaderboard_id, row_number() over (order by score desc, achieved_at, participant_id desc), participant_id,
          kind, score, achieved_at, joined_only
     from (select * from board_entry where leaderboard_id = $1 and removed_at is null offset 0) as entry
   on conflict do nothing`,
);
/** Whom rows of players who have taken others over were frozen for. */
const selectRankedAs = statement(
  'select-frozen-ranked-as',
  `select participant_id as "participantId", ranked_as as "rankedAs" from leaderboard_entry
    where leaderboard_id = $1 and ranked_as is not null`,
);
const restoreRankedAs = statement(
  'restore-frozen-ranked-as',
  `update leaderboard_entry as entry set ranked_as = given.ranked_as
     from unnest($2::uuid[], $3::uuid[]) as given (participant_id, ranked_as)
    where entry.leaderboard_id = $1 and entry.participant_id = given.participant_id`,
);
const clear = statement('clear-frozen-board', 'delete from leaderboard_entry where leaderboard_id = $1');
const selectPage = statement(
  'select-frozen-page',
  `select ${columns} from leaderboard_entry where leaderboard_id = $1 and rank > $2 order by rank limit $3`,
);
/** A merge of players leaves a rank out (12 §7.2), so rows are counted down to the own one, as far as any list goes. */
const selectOne = statement(
  'select-frozen-one',
  `select ${columns}, (select count(*)::int + 1 from (
            select from leaderboard_entry as above where above.leaderboard_id = $1 and above.rank < own.rank
             limit ${rowsARead}) as rows) as place
     from leaderboard_entry as own where leaderboard_id = $1 and participant_id = $2`,
);
// All rows of a board are written by one transaction, also when an operator's correction has them written again; a merge
// of players writes the first one too.
const selectWriter = statement(
  'select-frozen-writer',
  `select xmin::text as writer from leaderboard_entry where leaderboard_id = $1 and rank = 1`,
);
const countRows = statement(
  'count-frozen',
  'select max(rank) as rows from leaderboard_entry where leaderboard_id = $1',
);

/** Ranks of frozen boards, the same for ever. */
@Injectable()
export class FrozenBoardsStore {
  constructor(private readonly database: Database) {}

  /** Ranks all live rows once; the board must be locked. */
  async materialize(tx: Tx, leaderboardId: string): Promise<void> {
    await tx.query(materialize, [leaderboardId]);
  }

  /**
   * Ranks all live rows anew: an operator has corrected a score (05 §14). The board must be locked. Payouts go on being
   * named by whom a row was frozen for.
   */
  async rematerialize(tx: Tx, leaderboardId: string): Promise<void> {
    const known = await tx.query<{ participantId: string; rankedAs: string }>(selectRankedAs, [leaderboardId]);
    await tx.query(clear, [leaderboardId]);
    await tx.query(materialize, [leaderboardId]);
    if (known.length === 0) return;
    const [players, former] = [known.map((row) => row.participantId), known.map((row) => row.rankedAs)];
    await tx.query(restoreRankedAs, [leaderboardId, players, former]);
  }

  /** Rows in rank order, after the given rank. */
  page(leaderboardId: string, afterRank: number, limit: number, tx: Tx = this.database): Promise<FrozenRow[]> {
    return tx.query<FrozenRow>(selectPage, [leaderboardId, afterRank, limit]);
  }

  async top(leaderboardId: string, limit: number): Promise<FrozenRow[]> {
    return this.page(leaderboardId, 0, limit);
  }

  async count(leaderboardId: string, tx: Tx = this.database): Promise<number> {
    const [row] = await tx.query<{ rows: number | null }>(countRows, [leaderboardId]);
    return row?.rows ?? 0;
  }

  /** The version is read before the rows: newer rows under an older one are read again, never the other way round. */
  async read(leaderboardId: string, participantId: string | null, limit: number): Promise<RankRead> {
    const [version, [own]] = await Promise.all([
      this.version(leaderboardId),
      participantId === null
        ? []
        : this.database.query<FrozenRow & { place: number }>(selectOne, [leaderboardId, participantId]),
    ]);
    const rows = limit === 0 ? [] : await this.top(leaderboardId, limit);
    return { version, self: own ? { rank: own.rank, score: own.score, place: own.place } : null, rows };
  }

  /** Another one once the ranks have been materialized again, whichever process did it. */
  private async version(leaderboardId: string): Promise<string> {
    const [row] = await this.database.query<{ writer: string }>(selectWriter, [leaderboardId]);
    return `frozen ${row?.writer ?? ''}`;
  }
}

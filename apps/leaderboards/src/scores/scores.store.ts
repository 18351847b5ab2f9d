import { Injectable } from '@nestjs/common';
import { Database, epochMs, plainArray, statement, type Tx } from '@kraty/platform/persistence';
import { overriddenRevision } from './contribution.js';
import type { Standing } from './standing.js';

/** A live row of a board. */
export interface EntryRow {
  leaderboardId: string;
  participantId: string;
  kind: 'player' | 'bot';
  score: number;
  achievedAtMs: number;
  joinedOnly: boolean;
  /** Grows by one with each change; the rank index ignores an older one. */
  revision: number;
}

interface Row {
  leaderboard_id: string;
  participant_id: string;
  kind: 'player' | 'bot';
  score: number;
  achieved_at_ms: number;
  joined_only: boolean;
  revision: number;
}

const columns = `leaderboard_id, participant_id, kind, score, joined_only, revision,
  ${epochMs('achieved_at')} as achieved_at_ms`;

/**
 * The rule of `standing.ts` once more, here where races are decided: a frozen board takes nothing, nor does one from an
 * attempt whose score an operator has overridden, and only then the best of the attempts that a batch tells of is chosen;
 * a registration never replaces a row, of equal scores the earlier wins.
 * Returns the rows of open boards as they stand, also those that stay as they were: a fact that comes a second time may
 * have been committed the first time and have missed the index. (`not in` is hashed; `not exists` would compare each row
 * with each.)
 */
const upsertStandings = statement(
  'upsert-standings',
  `with incoming as materialized (
     select distinct on (leaderboard_id, participant_id) *
       from unnest($1::uuid[], $2::uuid[], $3::float8[], $4::float8[], $5::boolean[], $6::uuid[])
         as incoming (leaderboard_id, participant_id, score, achieved_at_ms, joined_only, attempt_id)
      where exists (select 1 from board
                     where board.leaderboard_id = incoming.leaderboard_id and board.finalized_at is null)
        and not exists (select from contribution as overridden
                         where overridden.leaderboard_id = incoming.leaderboard_id
                           and overridden.source_id = incoming.attempt_id
                           and overridden.revision = ${overriddenRevision})
      order by leaderboard_id, participant_id, joined_only, score desc, achieved_at_ms
   ), written as (
     insert into board_entry as entry (leaderboard_id, participant_id, kind, score, achieved_at, joined_only, revision)
     select leaderboard_id, participant_id, 'player', score, to_timestamp(achieved_at_ms / 1000), joined_only, 1
       from incoming
      order by leaderboard_id, participant_id
     on conflict (leaderboard_id, participant_id) do update
        set score = excluded.score, achieved_at = excluded.achieved_at, joined_only = false,
            revision = entry.revision + 1
      where not excluded.joined_only and entry.removed_at is null
        and (entry.joined_only
             or excluded.score > entry.score
             or (excluded.score = entry.score and excluded.achieved_at < entry.achieved_at))
     returning ${columns}
   )
   select * from written
   union all
   select ${columns} from (
     select entry.* from incoming join board_entry as entry using (leaderboard_id, participant_id)
      where entry.removed_at is null
        and (leaderboard_id, participant_id) not in (select leaderboard_id, participant_id from written)) as unchanged`,
);

/** Rows as they must stand; who is only placed keeps the row there is. */
const replaceStandings = statement(
  'replace-standings',
  `insert into board_entry as entry (leaderboard_id, participant_id, kind, score, achieved_at, joined_only, revision)
   select leaderboard_id, participant_id, 'player', score, to_timestamp(achieved_at_ms / 1000), joined_only, 1
     from unnest($1::uuid[], $2::uuid[], $3::float8[], $4::float8[], $5::boolean[])
       as standing (leaderboard_id, participant_id, score, achieved_at_ms, joined_only)
    order by leaderboard_id, participant_id
   on conflict (leaderboard_id, participant_id) do update
      set score = excluded.score, achieved_at = excluded.achieved_at, joined_only = false, revision = entry.revision + 1
    where not excluded.joined_only and entry.removed_at is null
      and (entry.score, entry.achieved_at, entry.joined_only) is distinct from
          (excluded.score, excluded.achieved_at, false)
   returning ${columns}`,
);

const selectPage = statement(
  'select-entries-page',
  `select ${columns} from board_entry
    where leaderboard_id = $1 and removed_at is null and participant_id > $2 order by participant_id limit $3`,
);
const selectOfPlayer = statement(
  'select-entries-of-player',
  `select ${columns} from board_entry as entry
    where participant_id = $1 and kind = 'player' and removed_at is null
      and exists (select from board where board.leaderboard_id = entry.leaderboard_id and board.finalized_at is null)`,
);
const selectTop = statement(
  'select-entries-top',
  `select ${columns} from board_entry
    where leaderboard_id = $1 and removed_at is null order by score desc, achieved_at, participant_id desc limit $2 offset $3`,
);
/** Of one: those above it are counted. */
const countAhead = statement(
  'count-entries-ahead',
  `select self.participant_id as "participantId", self.score,
          (select count(*)::int from board_entry as other
            where other.leaderboard_id = self.leaderboard_id and other.removed_at is null
              and (other.score > self.score
                   or (other.score = self.score and other.achieved_at < self.achieved_at)
                   or (other.score = self.score and other.achieved_at = self.achieved_at
                       and other.participant_id > self.participant_id))) as ahead
     from board_entry as self
    where self.leaderboard_id = $1 and self.removed_at is null and self.participant_id = any($2::uuid[])`,
);
/** Of more: the list is sorted, which takes about as long as counting it once. */
const rankAll = statement(
  'rank-entries',
  `select participant_id as "participantId", score, ahead
     from (select participant_id, score,
                  (row_number() over (order by score desc, achieved_at, participant_id desc) - 1)::int as ahead
             from board_entry where leaderboard_id = $1 and removed_at is null) as ranked
    where participant_id = any($2::uuid[])`,
);
const countEntries = statement(
  'count-entries',
  'select count(*)::int as count from board_entry where leaderboard_id = $1 and removed_at is null',
);
const lockEntry = statement(
  'lock-entry',
  'select revision from board_entry where leaderboard_id = $1 and participant_id = $2 for update',
);
const selectRevision = statement(
  'select-entry-revision',
  'select revision from board_entry where leaderboard_id = $1 and participant_id = $2',
);
const selectStands = statement(
  'select-entry-stands',
  'select from board_entry where leaderboard_id = $1 and participant_id = $2 and removed_at is null',
);

/** Live rows of boards: the truth that the rank index follows (06 §7.1). */
@Injectable()
export class ScoresStore {
  constructor(private readonly database: Database) {}

  /** Applies folded standings (`foldStandings`) and returns their rows as they stand; none of a frozen board. */
  async apply(standings: readonly Standing[], tx: Tx = this.database): Promise<EntryRow[]> {
    if (standings.length === 0) return [];
    const rows = await tx.query<Row>(upsertStandings, [
      plainArray(standings.map((standing) => standing.leaderboardId)),
      plainArray(standings.map((standing) => standing.participantId)),
      plainArray(standings.map((standing) => standing.score)),
      plainArray(standings.map((standing) => standing.achievedAtMs)),
      plainArray(standings.map((standing) => standing.joinedOnly)),
      plainArray(standings.map((standing) => standing.attemptId)),
    ]);
    return rows.map(toEntry);
  }

  /** Makes rows what they must be, also lower than they are; returns those that changed. One standing a row. */
  async replace(standings: readonly Standing[], tx: Tx = this.database): Promise<EntryRow[]> {
    if (standings.length === 0) return [];
    const rows = await tx.query<Row>(replaceStandings, [
      plainArray(standings.map((standing) => standing.leaderboardId)),
      plainArray(standings.map((standing) => standing.participantId)),
      plainArray(standings.map((standing) => standing.score)),
      plainArray(standings.map((standing) => standing.achievedAtMs)),
      plainArray(standings.map((standing) => standing.joinedOnly)),
    ]);
    return rows.map(toEntry);
  }

  /** Rows in ascending order of participant, after the given one. */
  async page(leaderboardId: string, afterParticipantId: string, limit: number): Promise<EntryRow[]> {
    return (await this.database.query<Row>(selectPage, [leaderboardId, afterParticipantId, limit])).map(toEntry);
  }

  /** Of one player on all live lists. */
  async ofPlayer(playerId: string): Promise<EntryRow[]> {
    return (await this.database.query<Row>(selectOfPlayer, [playerId])).map(toEntry);
  }

  /** The first rows in rank order, or those below the first `above`; the list is sorted for it. */
  async top(leaderboardId: string, limit: number, above = 0): Promise<EntryRow[]> {
    return (await this.database.query<Row>(selectTop, [leaderboardId, limit, above])).map(toEntry);
  }

  async count(leaderboardId: string): Promise<number> {
    const [row] = await this.database.query<{ count: number }>(countEntries, [leaderboardId]);
    return row?.count ?? 0;
  }

  /** Grows with each change of the row; null = there is none. */
  async revision(leaderboardId: string, participantId: string): Promise<number | null> {
    const [row] = await this.database.query<{ revision: number }>(selectRevision, [leaderboardId, participantId]);
    return row?.revision ?? null;
  }

  /** The same; nobody else changes the row while the transaction lasts. */
  async lock(tx: Tx, leaderboardId: string, participantId: string): Promise<number | null> {
    const [row] = await tx.query<{ revision: number }>(lockEntry, [leaderboardId, participantId]);
    return row?.revision ?? null;
  }

  async stands(leaderboardId: string, participantId: string): Promise<boolean> {
    return (await this.database.query(selectStands, [leaderboardId, participantId])).length > 0;
  }

  /** Rank and score of participants that stand on the board; the list is counted or sorted for it. */
  async ranks(
    leaderboardId: string,
    participantIds: readonly string[],
    tx: Tx = this.database,
  ): Promise<Map<string, { rank: number; score: number }>> {
    const select = participantIds.length > 1 ? rankAll : countAhead;
    const values = [leaderboardId, participantIds];
    const rows = await tx.query<{ participantId: string; score: number; ahead: number }>(select, values);
    return new Map(rows.map(({ participantId, score, ahead }) => [participantId, { rank: ahead + 1, score }]));
  }
}

function toEntry(row: Row): EntryRow {
  return {
    leaderboardId: row.leaderboard_id,
    participantId: row.participant_id,
    kind: row.kind,
    score: row.score,
    achievedAtMs: row.achieved_at_ms,
    joinedOnly: row.joined_only,
    revision: row.revision,
  };
}

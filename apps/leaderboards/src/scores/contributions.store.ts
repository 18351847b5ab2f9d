import { Injectable } from '@nestjs/common';
import { epochMs, plainArray, run, statement, type Tx } from '@kraty/platform/persistence';
import { lastContributionsMax, type Contribution, type Entry } from './contribution.js';

interface EntryRow extends Omit<Entry, 'total'> {
  total: string | null;
}

/** One lock a player, in the order of the ids: whatever a batch reads of a player nobody else changes meanwhile. */
const lockPlayers = statement(
  'lock-players',
  `select pg_advisory_xact_lock(hashtextextended(player_id, 6)) from unnest($1::text[]) as player (player_id)`,
);
/** Shared with other writers, in the way of whoever freezes. */
const lockOpen = statement(
  'lock-open-boards',
  `select leaderboard_id as id from board
    where leaderboard_id = any($1::uuid[]) and finalized_at is null order by leaderboard_id for share`,
);
const contributionColumns = `leaderboard_id as "leaderboardId", source_id as "sourceId", player_id as "playerId", revision, score,
  ${epochMs('score_at')} as "scoreAtMs", ${epochMs('written_at')} as "writtenAtMs", baseline, definition_id as "definitionId",
  ${epochMs('period_start')} as "periodStartMs"`;
/** What the sources have put anywhere, and what the rows show last. */
const selectContributions = statement(
  'select-contributions',
  `select ${contributionColumns} from contribution where source_id = any($1::uuid[])
   union
   select ${contributionColumns} from (
     select recent.* from unnest($2::uuid[], $3::uuid[]) as asked (leaderboard_id, player_id)
      cross join lateral (
        select * from contribution as shown
         where shown.leaderboard_id = asked.leaderboard_id and shown.player_id = asked.player_id
           and shown.shown_at is not null
         order by shown.shown_at desc, shown.source_id desc limit ${lastContributionsMax}) as recent) as last_shown`,
);
const entryColumns = `leaderboard_id as "leaderboardId", participant_id as "participantId", score,
  ${epochMs('achieved_at')} as "achievedAtMs", joined_only as "joinedOnly", revision, total, removed_at is not null as "isRemoved"`;
const selectEntries = statement(
  'select-entries',
  `select ${entryColumns} from unnest($1::uuid[], $2::uuid[]) as asked (leaderboard_id, participant_id)
     join board_entry using (leaderboard_id, participant_id)`,
);
const saveContributions = statement(
  'save-contributions',
  `insert into contribution (leaderboard_id, source_id, player_id, revision, score, score_at, written_at, baseline,
     definition_id, period_start, shown_at)
   select leaderboard_id, source_id, player_id, revision, score, to_timestamp(score_at_ms / 1000),
          to_timestamp(written_at_ms / 1000), baseline, definition_id, to_timestamp(period_start_ms / 1000),
          case when leaderboard_id in (select leaderboard_id from board
                                        where leaderboard_id = any($1::uuid[]) and score_aggregation = 'latest')
               then to_timestamp(written_at_ms / 1000) end
     from unnest($1::uuid[], $2::uuid[], $3::uuid[], $4::integer[], $5::float8[], $6::float8[], $7::float8[],
                 $8::float8[], $9::uuid[], $10::float8[])
       as given (leaderboard_id, source_id, player_id, revision, score, score_at_ms, written_at_ms, baseline,
                 definition_id, period_start_ms)
   on conflict (leaderboard_id, source_id) do update
      set revision = excluded.revision, score = excluded.score, score_at = excluded.score_at,
          written_at = excluded.written_at, baseline = excluded.baseline, shown_at = excluded.shown_at`,
);
const saveEntries = statement(
  'save-entries',
  `insert into board_entry (leaderboard_id, participant_id, kind, score, achieved_at, joined_only, revision, total)
   select leaderboard_id, participant_id, 'player', score, to_timestamp(achieved_at_ms / 1000), joined_only, revision,
          total
     from unnest($1::uuid[], $2::uuid[], $3::float8[], $4::float8[], $5::boolean[], $6::integer[], $7::numeric[])
       as given (leaderboard_id, participant_id, score, achieved_at_ms, joined_only, revision, total)
    order by leaderboard_id, participant_id
   on conflict (leaderboard_id, participant_id) do update
      set score = excluded.score, achieved_at = excluded.achieved_at, joined_only = excluded.joined_only,
          revision = excluded.revision, total = excluded.total`,
);

const setTotal = statement(
  'set-total',
  'update board_entry set total = $3::text::numeric where leaderboard_id = $1 and participant_id = $2',
);

/** Contributions of attempts and the rows they make; every statement but the first wants the players' locks. */
@Injectable()
export class ContributionsStore {
  async lockPlayers(tx: Tx, playerIds: Iterable<string>): Promise<void> {
    await tx.query(lockPlayers, [[...new Set(playerIds)].toSorted()]);
  }

  /** Those of the boards that are not frozen; none is while the transaction lasts. */
  async lockOpen(tx: Tx, leaderboardIds: Iterable<string>): Promise<Set<string>> {
    const rows = await tx.query<{ id: string }>(lockOpen, [[...new Set(leaderboardIds)]]);
    return new Set(rows.map(({ id }) => id));
  }

  contributions(
    tx: Tx,
    sourceIds: readonly string[],
    rows: readonly { leaderboardId: string; playerId: string }[],
  ): Promise<Contribution[]> {
    return tx.query<Contribution>(selectContributions, [
      plainArray(sourceIds),
      plainArray(rows.map(({ leaderboardId }) => leaderboardId)),
      plainArray(rows.map(({ playerId }) => playerId)),
    ]);
  }

  async entries(tx: Tx, rows: readonly { leaderboardId: string; playerId: string }[]): Promise<Entry[]> {
    if (rows.length === 0) return [];
    const found = await tx.query<EntryRow>(selectEntries, [
      plainArray(rows.map(({ leaderboardId }) => leaderboardId)),
      plainArray(rows.map(({ playerId }) => playerId)),
    ]);
    return found.map((row) => Object.assign(row, { total: BigInt(row.total ?? 0) }));
  }

  async setTotal(tx: Tx, leaderboardId: string, participantId: string, total: bigint): Promise<void> {
    await tx.query(setTotal, [leaderboardId, participantId, String(total)]);
  }

  async save(tx: Tx, contributions: readonly Contribution[], entries: readonly Entry[]): Promise<void> {
    if (contributions.length > 0) {
      await run(tx, saveContributions, [
        plainArray(contributions.map((one) => one.leaderboardId)),
        plainArray(contributions.map((one) => one.sourceId)),
        plainArray(contributions.map((one) => one.playerId)),
        plainArray(contributions.map((one) => one.revision)),
        plainArray(contributions.map((one) => one.score)),
        plainArray(contributions.map((one) => one.scoreAtMs)),
        plainArray(contributions.map((one) => one.writtenAtMs)),
        plainArray(contributions.map((one) => one.baseline)),
        plainArray(contributions.map((one) => one.definitionId)),
        plainArray(contributions.map((one) => one.periodStartMs)),
      ]);
    }
    if (entries.length === 0) return;
    await run(tx, saveEntries, [
      plainArray(entries.map((one) => one.leaderboardId)),
      plainArray(entries.map((one) => one.participantId)),
      plainArray(entries.map((one) => one.score)),
      plainArray(entries.map((one) => one.achievedAtMs)),
      plainArray(entries.map((one) => one.joinedOnly)),
      plainArray(entries.map((one) => one.revision)),
      plainArray(entries.map((one) => String(one.total))),
    ]);
  }
}

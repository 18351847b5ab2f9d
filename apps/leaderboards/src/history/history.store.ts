import { Injectable } from '@nestjs/common';
import { Database, statement } from '@kraty/platform/persistence';
import type { Sample } from './series.js';

/** Whoever takes a list has marked it for the others. */
const takeDue = statement(
  'take-boards-to-sample',
  `insert into board_sampling as known (leaderboard_id, sampled_at)
   select leaderboard_id, $1 from board left join board_sampling as before using (leaderboard_id)
    where finalized_at is null and mode <> 'none' and (before.sampled_at is null or before.sampled_at <= $2)
    order by before.sampled_at nulls first, leaderboard_id limit $3
   on conflict (leaderboard_id) do update set sampled_at = excluded.sampled_at where known.sampled_at <= $2
   returning leaderboard_id as id`,
);
/** What looks as it did last is not kept again. */
const keepSamples = statement(
  'keep-board-samples',
  `insert into board_sample (leaderboard_id, at, standings)
   select leaderboard_id, $1, standings from unnest($2::uuid[], $3::jsonb[]) as seen (leaderboard_id, standings)
    where standings is distinct from (select standings from board_sample as last
                                       where last.leaderboard_id = seen.leaderboard_id order by at desc limit 1)
   on conflict do nothing`,
);
const dropSamples = statement(
  'drop-board-samples',
  `delete from board_sample
    where (leaderboard_id, at) in (select leaderboard_id, at from board_sample where at < $1 order by at limit $2)`,
);
const dropSamplings = statement(
  'drop-board-samplings',
  `delete from board_sampling where leaderboard_id in (
     select leaderboard_id from board_sampling where sampled_at < $1 order by sampled_at limit $2)`,
);
/** Thinned evenly; the newest is always among them. */
const selectSamples = statement(
  'select-board-samples',
  `with taken as (
     select at, standings, row_number() over (order by at desc) - 1 as place, count(*) over () as samples
       from board_sample where leaderboard_id = $1 and at >= $2)
   select at, standings from taken where place % ceil(samples / $3::float8)::bigint = 0 order by at`,
);

/** The top of a list as it was seen. */
export interface BoardLook {
  leaderboardId: string;
  standings: Sample['standings'];
}

/** Tops of lists as they once stood. */
@Injectable()
export class HistoryStore {
  constructor(private readonly database: Database) {}

  /** Live lists that were last looked at by then, those longest ago first. */
  async take(now: Date, before: Date, listsMax: number): Promise<string[]> {
    return (await this.database.query<{ id: string }>(takeDue, [now, before, listsMax])).map(({ id }) => id);
  }

  async keep(at: Date, seen: readonly BoardLook[]): Promise<void> {
    await this.database.query(keepSamples, [
      at,
      seen.map(({ leaderboardId }) => leaderboardId),
      seen.map(({ standings }) => JSON.stringify(standings)),
    ]);
  }

  async drop(before: Date, rowsMax: number): Promise<void> {
    await this.database.query(dropSamples, [before, rowsMax]);
    await this.database.query(dropSamplings, [before, rowsMax]);
  }

  /** The oldest first. */
  samples(leaderboardId: string, since: Date, samplesMax: number): Promise<Sample[]> {
    return this.database.query<Sample>(selectSamples, [leaderboardId, since, samplesMax]);
  }
}

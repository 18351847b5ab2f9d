import { Injectable } from '@nestjs/common';
import { Database, statement, type Tx } from '@kraty/platform/persistence';

/** Where one player stands in one period of a board. */
export interface PlayerSegment {
  leaderboardId: string;
  periodStartMs: number;
  playerId: string;
  segment: string;
  writtenAtMs: number;
}

const given = `unnest($1::uuid[], $2::float8[], $3::uuid[], $4::text[], $5::float8[])
  as given (leaderboard_id, period_start_ms, player_id, segment, written_at_ms)`;

/** The first stays: a pin. */
const pin = statement(
  'pin-segments',
  `insert into player_segment (leaderboard_id, period_start, player_id, segment, written_at)
   select leaderboard_id, to_timestamp(period_start_ms / 1000), player_id, segment, to_timestamp(written_at_ms / 1000)
     from ${given} order by player_id, leaderboard_id
   on conflict do nothing`,
);
/** The last written to: the home of a player whose writes name their segment. */
const follow = statement(
  'follow-segments',
  `insert into player_segment as kept (leaderboard_id, period_start, player_id, segment, written_at)
   select leaderboard_id, to_timestamp(period_start_ms / 1000), player_id, segment, to_timestamp(written_at_ms / 1000)
     from ${given} order by player_id, leaderboard_id
   on conflict (leaderboard_id, period_start, player_id) do update
      set segment = excluded.segment, written_at = excluded.written_at
    where excluded.written_at > kept.written_at`,
);
/**
 * The place of a player that was merged away, for the one that stays and has none there. Where writes name their segment
 * the last of both counts.
 */
const takeOver = statement(
  'take-over-segments',
  `insert into player_segment as kept (leaderboard_id, period_start, player_id, segment, written_at)
   select leaderboard_id, period_start, given.player_id, segment, written_at
     from unnest($1::uuid[], $2::float8[], $3::uuid[]) as given (leaderboard_id, period_start_ms, player_id)
     join player_segment as gone using (leaderboard_id)
    where gone.player_id = $4 and gone.period_start = to_timestamp(given.period_start_ms / 1000)
    order by leaderboard_id, period_start
   on conflict (leaderboard_id, period_start, player_id) do update
      set segment = excluded.segment, written_at = excluded.written_at
    where excluded.written_at > kept.written_at
      and (select segmentation ->> 'type' from leaderboard_rules as rules
            where rules.leaderboard_id = kept.leaderboard_id and rules.effective_from <= kept.period_start
            order by rules.effective_from desc limit 1) = 'context'`,
);
const select = statement(
  'select-segments',
  `select leaderboard_id as "leaderboardId", (extract(epoch from period_start) * 1000)::float8 as "periodStartMs",
          player_id as "playerId", segment
     from unnest($1::uuid[], $2::float8[], $3::uuid[]) as asked (leaderboard_id, period_start_ms, player_id)
     join player_segment as kept using (leaderboard_id, player_id)
    where kept.period_start = to_timestamp(asked.period_start_ms / 1000)`,
);

/** Segments of players, by board and period. */
@Injectable()
export class SegmentsStore {
  constructor(private readonly database: Database) {}

  async pin(segments: readonly PlayerSegment[], tx: Tx = this.database): Promise<void> {
    if (segments.length > 0) await tx.query(pin, columnsOf(segments));
  }

  /** One segment a player, period and board. */
  async follow(segments: readonly PlayerSegment[], tx: Tx = this.database): Promise<void> {
    if (segments.length > 0) await tx.query(follow, columnsOf(segments));
  }

  /** Repeatable; `places` name the one that stays. */
  async takeOver(
    fromPlayerId: string,
    places: readonly Pick<PlayerSegment, 'leaderboardId' | 'periodStartMs' | 'playerId'>[],
  ): Promise<void> {
    if (places.length === 0) return;
    await this.database.query(takeOver, [...placesOf(places), fromPlayerId]);
  }

  async find(
    asked: readonly Pick<PlayerSegment, 'leaderboardId' | 'periodStartMs' | 'playerId'>[],
  ): Promise<Omit<PlayerSegment, 'writtenAtMs'>[]> {
    if (asked.length === 0) return [];
    const rows = await this.database.query<Omit<PlayerSegment, 'writtenAtMs'>>(select, placesOf(asked));
    return rows.map((row) => ({ ...row, periodStartMs: Math.round(row.periodStartMs) }));
  }
}

function placesOf(places: readonly Pick<PlayerSegment, 'leaderboardId' | 'periodStartMs' | 'playerId'>[]): unknown[] {
  return [
    places.map(({ leaderboardId }) => leaderboardId),
    places.map(({ periodStartMs }) => periodStartMs),
    places.map(({ playerId }) => playerId),
  ];
}

function columnsOf(segments: readonly PlayerSegment[]): unknown[] {
  return [
    ...placesOf(segments),
    segments.map(({ segment }) => segment),
    segments.map(({ writtenAtMs }) => writtenAtMs),
  ];
}

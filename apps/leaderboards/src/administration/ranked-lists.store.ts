import { Injectable } from '@nestjs/common';
import type { RankedListKind, ScoreBucket } from '@kraty/contracts/leaderboards';
import type { Scope } from '@kraty/contracts/common';
import { Database, statement } from '@kraty/platform/persistence';

export interface ListRow {
  id: string;
  definitionId: string | null;
  key: string | null;
  eventKey: string | null;
  windowId: string | null;
  segment: string | null;
  opensAt: Date;
}

/** Lists of the environment in the order of their opening, newest first. */
const selectLists = statement(
  'select-ranked-lists',
  `select board.leaderboard_id as id, definition_id as "definitionId", definition.key, event_key as "eventKey",
          event_window_id as "windowId", segment, opens_at as "opensAt"
     from board left join leaderboard_definition as definition on definition.leaderboard_id = board.definition_id
    where board.game_id = $1 and board.environment = $2 and board.finalized_at is null and board.mode <> 'none'
      and ($3::text is null or board.kind = $3)
      and ($4::text is null or position(lower($4) in lower(coalesce(definition.key, board.event_key))) > 0)
      and ($5::timestamptz is null or (board.opens_at, board.leaderboard_id) < ($5, $6::uuid))
    order by board.opens_at desc, board.leaderboard_id desc limit $7`,
);
/** Live rows stay when a list is frozen, so both are counted alike. */
const selectBuckets = statement(
  'select-score-buckets',
  `with bounds as (select min(score) as low, max(score) as high from board_entry where leaderboard_id = $1 and removed_at is null)
   select least(floor((score - low) / nullif(high - low, 0) * $2::integer), $2::integer - 1)::integer as bucket,
          low, high, count(*) filter (where kind = 'player')::integer as players,
          count(*) filter (where kind = 'bot')::integer as bots
     from board_entry, bounds where leaderboard_id = $1 and removed_at is null group by bucket, low, high order by bucket`,
);

/** Ranked lists as operators look at them. */
@Injectable()
export class RankedListsStore {
  constructor(private readonly database: Database) {}

  list(
    { gameId, environment }: Scope,
    kind: RankedListKind | null,
    q: string | null,
    after: { opensAt: Date; id: string } | null,
    limit: number,
  ): Promise<ListRow[]> {
    const stored = kind === null ? null : kind === 'leaderboard' ? 'configured' : 'event';
    const values = [gameId, environment, stored, q, after?.opensAt ?? null, after?.id ?? null, limit];
    return this.database.query<ListRow>(selectLists, values);
  }

  /** Every bucket from the lowest score to the highest, empty ones too; none on an empty list. */
  async distribution(leaderboardId: string, buckets: number): Promise<ScoreBucket[]> {
    const rows = await this.database.query<{
      bucket: number | null;
      low: number;
      high: number;
      players: number;
      bots: number;
    }>(selectBuckets, [leaderboardId, buckets]);
    const [first] = rows;
    if (!first) return [];
    const { low, high } = first;
    // Everybody has the same score.
    if (low === high) return [{ from: low, to: high, players: first.players, bots: first.bots }];
    const width = (high - low) / buckets;
    return Array.from({ length: buckets }, (_, at) => {
      const counted = rows.find(({ bucket }) => bucket === at);
      const to = at === buckets - 1 ? high : low + (at + 1) * width;
      return { from: low + at * width, to, players: counted?.players ?? 0, bots: counted?.bots ?? 0 };
    });
  }
}

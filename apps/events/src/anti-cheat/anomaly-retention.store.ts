import { Injectable } from '@nestjs/common';
import { Database, statement } from '@kraty/platform/persistence';

export interface Retention {
  gameId: string;
  studioId: string;
  days: number;
  revision: number;
}

/** Of a game that has told nothing (04 §10). */
const daysDefault = 180;

const KEEP = statement(
  'anomaly_retention_keep',
  `insert into anomaly_retention as kept (game_id, studio_id, days, revision)
   select v.game_id, v.studio_id, v.days, v.revision
     from unnest($1::uuid[], $2::uuid[], $3::int[], $4::int[]) as v(game_id, studio_id, days, revision)
   on conflict (game_id) do update set days = excluded.days, revision = excluded.revision
    where kept.revision < excluded.revision`,
);

/** From game to game along the index, and in each the oldest first: what is kept is not looked at. */
const PURGE = statement(
  'anomalies_purge',
  `with recursive game as (
     (select game_id from anomaly order by game_id limit 1)
     union all
     select (select a.game_id from anomaly a where a.game_id > game.game_id order by a.game_id limit 1)
       from game where game.game_id is not null
   ), old as (
     select a.id
       from game
       left join anomaly_retention kept on kept.game_id = game.game_id
      cross join lateral (
        select id from anomaly
         where game_id = game.game_id and occurred_at < $1::timestamptz - coalesce(kept.days, ${daysDefault}) * interval '24 hours'
         order by occurred_at limit $2
      ) a
      limit $2
   )
   delete from anomaly where id in (select id from old) returning id`,
);

/** How long anomalies are kept. */
@Injectable()
export class AnomalyRetentionStore {
  constructor(private readonly database: Database) {}

  /** One row a game; an older revision changes nothing. */
  async keep(retentions: readonly Retention[]): Promise<void> {
    await this.database.query(KEEP, [
      retentions.map(({ gameId }) => gameId),
      retentions.map(({ studioId }) => studioId),
      retentions.map(({ days }) => days),
      retentions.map(({ revision }) => revision),
    ]);
  }

  /** Removes at most `rowsMax` anomalies that are kept no longer; returns how many. */
  async purge(now: Date, rowsMax: number): Promise<number> {
    return (await this.database.query(PURGE, [now, rowsMax])).length;
  }
}

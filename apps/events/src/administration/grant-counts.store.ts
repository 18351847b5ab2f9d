import { Injectable } from '@nestjs/common';
import { Database, statement } from '@kraty/platform/persistence';

/** A grant that came of an event. */
export interface CountedGrant {
  factId: string;
  /** An attempt, or a window. */
  sourceRefId: string;
  environment: string;
}

// Each fact counts once, however often it is delivered: the inbox decides. Windows in one order for everybody.
const COUNT = statement(
  'grant_counts_add',
  `with fresh as (
     insert into inbox (consumer, fact_id) select $1, id from unnest($2::uuid[]) as f(id) order by id
     on conflict do nothing returning fact_id
   ), sourced as (
     select coalesce(a.event_window_id, w.id) as window_id, f.environment
       from unnest($2::uuid[], $3::uuid[], $4::text[]) as f(fact_id, ref_id, environment)
       join fresh using (fact_id)
       left join attempt a on a.id = f.ref_id
       left join event_window w on w.id = f.ref_id
   )
   insert into window_grants (event_window_id, environment, studio_id, game_id, grants)
   select w.id, s.environment, w.studio_id, w.game_id, count(*)
     from sourced s join event_window w on w.id = s.window_id
    group by w.id, s.environment order by w.id, s.environment
   on conflict (event_window_id, environment) do update set grants = window_grants.grants + excluded.grants`,
);

const consumer = 'events-grant-counts';

/** Grants by the window they came of, for the statistics of an event. */
@Injectable()
export class GrantCountsStore {
  constructor(private readonly database: Database) {}

  async add(grants: readonly CountedGrant[]): Promise<void> {
    await this.database.query(COUNT, [
      consumer,
      grants.map(({ factId }) => factId),
      grants.map(({ sourceRefId }) => sourceRefId),
      grants.map(({ environment }) => environment),
    ]);
  }
}

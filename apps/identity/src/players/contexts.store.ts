import { Injectable } from '@nestjs/common';
import type { Environment } from '@kraty/contracts/common';
import { Database, statement } from '@kraty/platform/persistence';

/** What the latest start of a player tells. */
export interface SeenAtStart {
  playerId: string;
  gameId: string;
  environment: Environment;
  startedAt: Date;
  /** JSON text; null = the start brought no context. */
  snapshot: string | null;
  contextAt: Date | null;
  email: string | null;
}

// Only newer news is taken, so a fact delivered twice or late changes nothing. Locked in one order: no deadlocks.
const take = statement(
  'identity_player_take_contexts',
  `with news as (
     select p.id, s.started_at, s.snapshot::jsonb as snapshot, s.context_at, s.email,
            s.context_at is not null and (p.last_context_at is null or p.last_context_at <= s.context_at) as newer,
            p.email_source is null or p.email_source = 'client' as open_to_clients
       from unnest($1::uuid[], $2::uuid[], $3::text[], $4::timestamptz[], $5::text[], $6::timestamptz[], $7::text[])
            as s (id, game_id, environment, started_at, snapshot, context_at, email)
       join player p on p.id = s.id and p.game_id = s.game_id and p.environment = s.environment
      order by p.id
        for update of p)
   update player p
      set last_seen_at = greatest(p.last_seen_at, news.started_at),
          last_context_snapshot = case when news.newer then news.snapshot else p.last_context_snapshot end,
          last_context_at = case when news.newer then news.context_at else p.last_context_at end,
          email = case when news.newer and news.open_to_clients and news.email is not null then news.email else p.email end,
          email_source = case when news.newer and news.open_to_clients and news.email is not null
                              then 'client' else p.email_source end
     from news
    where p.id = news.id and (news.newer or p.last_seen_at < news.started_at)`,
);

@Injectable()
export class ContextsStore {
  constructor(private readonly database: Database) {}

  /** Each player at most once. */
  async take(starts: SeenAtStart[]): Promise<void> {
    await this.database.query(take, [
      starts.map(({ playerId }) => playerId),
      starts.map(({ gameId }) => gameId),
      starts.map(({ environment }) => environment),
      starts.map(({ startedAt }) => startedAt),
      starts.map(({ snapshot }) => snapshot),
      starts.map(({ contextAt }) => contextAt),
      starts.map(({ email }) => email),
    ]);
  }
}

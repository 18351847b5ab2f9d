import { Injectable } from '@nestjs/common';
import type { Json, Scope } from '@kraty/contracts/common';
import { Database, statement } from '@kraty/platform/persistence';

const findTraits = statement(
  'identity_player_traits',
  `select country, first_seen_at as "firstSeenAt" from player where id = $1 and game_id = $2 and environment = $3`,
);
const findContexts = statement(
  'identity_last_contexts',
  `select id, last_context_snapshot as context from player
    where id = any($1::uuid[]) and game_id = $2 and environment = $3 and last_context_snapshot is not null`,
);

@Injectable()
export class PlayerTraitsStore {
  constructor(private readonly database: Database) {}

  async find(scope: Scope, playerId: string): Promise<{ country: string | null; firstSeenAt: Date } | null> {
    const values = [playerId, scope.gameId, scope.environment];
    const [row] = await this.database.query<{ country: string | null; firstSeenAt: Date }>(findTraits, values);
    return row ?? null;
  }

  async lastContexts(scope: Scope, playerIds: readonly string[]): Promise<{ id: string; context: Json }[]> {
    return this.database.query(findContexts, [playerIds, scope.gameId, scope.environment]);
  }
}

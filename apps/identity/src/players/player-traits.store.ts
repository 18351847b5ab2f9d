import { Injectable } from '@nestjs/common';
import type { Scope } from '@kraty/contracts/common';
import { Database, statement } from '@kraty/platform/persistence';

const findTraits = statement(
  'identity_player_traits',
  `select country, first_seen_at as "firstSeenAt" from player where id = $1 and game_id = $2 and environment = $3`,
);

@Injectable()
export class PlayerTraitsStore {
  constructor(private readonly database: Database) {}

  async find(scope: Scope, playerId: string): Promise<{ country: string | null; firstSeenAt: Date } | null> {
    const values = [playerId, scope.gameId, scope.environment];
    const [row] = await this.database.query<{ country: string | null; firstSeenAt: Date }>(findTraits, values);
    return row ?? null;
  }
}

import { Injectable } from '@nestjs/common';
import type { Scope } from '@kraty/contracts/common';
import { Database, statement } from '@kraty/platform/persistence';

const selectGames = statement(
  'economy-games-with-followers',
  `select distinct game_id, studio_id
     from catalog_currency
    where derived_from is not null and archived_at is null and game_id > $1
    order by game_id
    limit $2`,
);

const selectTouched = statement(
  'economy-touched-sources',
  `select player_id
     from holding
    where game_id = $1 and environment = $2 and resource_type = 'economy' and resource_key = $3 and revision > 0
      and player_id > $4
    order by player_id
    limit $5`,
);

export interface GameRef {
  gameId: string;
  studioId: string;
}

@Injectable()
export class RecomputationStore {
  constructor(private readonly database: Database) {}

  /** Games in which something follows something, in pages. */
  async games(afterGameId: string, rowsMax: number): Promise<GameRef[]> {
    const rows = await this.database.query<{ game_id: string; studio_id: string }>(selectGames, [afterGameId, rowsMax]);
    return rows.map(({ game_id: gameId, studio_id: studioId }) => ({ gameId, studioId }));
  }

  /** Players who have ever touched a progression, in pages. */
  async touched(scope: Scope, economyKey: string, afterPlayerId: string, rowsMax: number): Promise<string[]> {
    const values = [scope.gameId, scope.environment, economyKey, afterPlayerId, rowsMax];
    const rows = await this.database.query<{ player_id: string }>(selectTouched, values);
    return rows.map(({ player_id: playerId }) => playerId);
  }
}

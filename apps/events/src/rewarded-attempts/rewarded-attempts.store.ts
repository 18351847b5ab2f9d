import { Injectable } from '@nestjs/common';
import type { Scope } from '@kraty/contracts/common';
import type { AttemptStatus } from '@kraty/contracts/events';
import { Database, statement } from '@kraty/platform/persistence';

export interface RewardedRow {
  eventId: string;
  revision: number;
  status: AttemptStatus;
  playerId: string;
  externalPlayerId: string;
  eventWindowId: string;
  leaderboardId: string;
  completedAt: Date | null;
}

const FIND = statement(
  'rewarded_attempt',
  `select event_id as "eventId", revision, status, player_id as "playerId", external_player_id as "externalPlayerId",
          event_window_id as "eventWindowId", leaderboard_id as "leaderboardId", completed_at as "completedAt"
     from attempt
    where id = $1 and game_id = $2 and environment = $3`,
);

@Injectable()
export class RewardedAttemptsStore {
  constructor(private readonly database: Database) {}

  async find({ gameId, environment }: Scope, attemptId: string): Promise<RewardedRow | null> {
    const [row] = await this.database.query<RewardedRow>(FIND, [attemptId, gameId, environment]);
    return row ?? null;
  }
}

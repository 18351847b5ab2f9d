import { Injectable } from '@nestjs/common';
import type { AttemptStatus } from '@kraty/contracts/events';
import type { GameScope, Scope } from '@kraty/contracts/common';
import { Database, statement } from '@kraty/platform/persistence';
import type { MetricValues } from '../scoring/score.js';

export interface SettledRow {
  id: string;
  eventId: string;
  revision: number;
  playerId: string;
  externalPlayerId: string;
  leaderboardId: string;
  raw: MetricValues;
  score: number;
  status: Exclude<AttemptStatus, 'in_progress'>;
}

export interface PinnedWindow {
  eventId: string;
  eventKey: string;
  /** What the window has pinned; the newest before it opened. */
  revision: number;
  endsAt: Date;
}

const settledColumns = `id, event_id as "eventId", revision, player_id as "playerId", external_player_id as "externalPlayerId",
  leaderboard_id as "leaderboardId", metrics_raw as raw, score, status`;
const isSettled = `game_id = $1 and environment = $2 and status <> 'in_progress' and id > $4`;

/** Each page starts where the last one ended, on an index that ends with the id: no page costs more than its rows. */
const OF_WINDOW = statement(
  'settled_of_window',
  `select ${settledColumns} from attempt where event_window_id = $3 and ${isSettled} order by id limit $5`,
);
const OF_BOARD = statement(
  'settled_of_board',
  `select ${settledColumns} from attempt
    where leaderboard_id = $6 and event_window_id = $3 and ${isSettled} order by id limit $5`,
);

const PINNED_WINDOW = statement(
  'window_pinned',
  `select w.event_id as "eventId", e.key as "eventKey", coalesce(w.revision, e.revision) as revision, w.ends_at as "endsAt"
     from event_window w join event e on e.id = w.event_id
    where w.id = $1 and w.game_id = $2`,
);

const firstAttempt = '00000000-0000-0000-0000-000000000000';

/** Windows and their attempts as payouts at the close look at them. */
@Injectable()
export class SettledAttemptsStore {
  constructor(private readonly database: Database) {}

  async window(game: GameScope, eventWindowId: string): Promise<PinnedWindow | null> {
    const [row] = await this.database.query<PinnedWindow>(PINNED_WINDOW, [eventWindowId, game.gameId]);
    return row ?? null;
  }

  page(
    { gameId, environment }: Scope,
    of: { eventWindowId: string; leaderboardId: string | null },
    afterAttemptId: string | null,
    limit: number,
  ): Promise<SettledRow[]> {
    const values = [gameId, environment, of.eventWindowId, afterAttemptId ?? firstAttempt, limit];
    return of.leaderboardId === null
      ? this.database.query<SettledRow>(OF_WINDOW, values)
      : this.database.query<SettledRow>(OF_BOARD, [...values, of.leaderboardId]);
  }
}

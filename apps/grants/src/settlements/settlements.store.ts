import { Injectable } from '@nestjs/common';
import type { Environment, Scope } from '@kraty/contracts/common';
import { Database, statement } from '@kraty/platform/persistence';

const columns = `game_id, environment, subject, studio_id, event_window_id, leaderboard_id, pin_at, progress, tries`;

/** A settlement that is known goes on as it is. */
const insertDue = statement(
  'grants-insert-settlement',
  `insert into settlement (game_id, environment, subject, studio_id, event_window_id, leaderboard_id, pin_at, state,
                           progress, tries, due_at, created_at)
   values ($1, $2, $3, $4, $5, $6, $7, 'due', 0, 0, $8, $8)
   on conflict do nothing`,
);

/** Taking a row moves its time: nobody else takes it while it is worked on, and somebody does when the worker dies. */
const takeDue = statement(
  'grants-take-settlements',
  `update settlement set due_at = $2
    where (game_id, environment, subject) in (
      select game_id, environment, subject from settlement
       where state = 'due' and due_at <= $1
       order by due_at
       limit $3
         for update skip locked)
   returning ${columns}`,
);

const saveProgress = statement(
  'grants-save-settlement-progress',
  `update settlement set progress = greatest(progress, $4), due_at = $5, tries = 0
    where game_id = $1 and environment = $2 and subject = $3 and state = 'due'`,
);

const finishSettlement = statement(
  'grants-finish-settlement',
  `update settlement set state = 'done', failure = null, settled_at = $4
    where game_id = $1 and environment = $2 and subject = $3 and state = 'due'`,
);

const postponeSettlement = statement(
  'grants-postpone-settlement',
  `update settlement set due_at = $4, tries = $5, failure = $6
    where game_id = $1 and environment = $2 and subject = $3 and state = 'due'`,
);

export interface DueSettlement {
  game_id: string;
  environment: Environment;
  subject: string;
  studio_id: string;
  event_window_id: string;
  /** Null for what a window pays as a whole. */
  leaderboard_id: string | null;
  pin_at: Date;
  /** Ranks, or winners, that are paid already. */
  progress: number;
  tries: number;
}

/** Rows of what window closes and frozen boards still pay. */
@Injectable()
export class SettlementsStore {
  constructor(private readonly database: Database) {}

  async insert(
    scope: Scope,
    due: { subject: string; eventWindowId: string; leaderboardId: string | null; pinAt: Date },
    now: Date,
  ): Promise<void> {
    const { subject, eventWindowId, leaderboardId, pinAt } = due;
    const name = [scope.gameId, scope.environment, subject];
    await this.database.query(insertDue, [...name, scope.studioId, eventWindowId, leaderboardId, pinAt, now]);
  }

  async takeDue(now: Date, leasedUntil: Date, rowsMax: number): Promise<DueSettlement[]> {
    return this.database.query<DueSettlement>(takeDue, [now, leasedUntil, rowsMax]);
  }

  async saveProgress(due: DueSettlement, progress: number, leasedUntil: Date): Promise<void> {
    await this.database.query(saveProgress, [...nameOf(due), progress, leasedUntil]);
  }

  async finish(due: DueSettlement, now: Date): Promise<void> {
    await this.database.query(finishSettlement, [...nameOf(due), now]);
  }

  async postpone(due: DueSettlement, dueAt: Date, tries: number, why: string): Promise<void> {
    await this.database.query(postponeSettlement, [...nameOf(due), dueAt, tries, why]);
  }
}

function nameOf({ game_id: gameId, environment, subject }: DueSettlement): string[] {
  return [gameId, environment, subject];
}

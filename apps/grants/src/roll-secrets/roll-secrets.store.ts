import { Injectable } from '@nestjs/common';
import type { GameScope } from '@kraty/contracts/common';
import { Database, statement } from '@kraty/platform/persistence';

const readNewest = statement(
  'grants-read-roll-secret',
  `select version, sealed from roll_secret where game_id = $1 order by version desc limit 1`,
);

/** The unique key decides which of several makers was first. */
const insertFirst = statement(
  'grants-insert-roll-secret',
  `insert into roll_secret (game_id, version, studio_id, sealed, created_at)
   values ($1, $2, $3, $4, $5)
   on conflict do nothing`,
);

export interface SealedRollSecret {
  version: number;
  sealed: Buffer;
}

@Injectable()
export class RollSecretsStore {
  constructor(private readonly database: Database) {}

  async newest(gameId: string): Promise<SealedRollSecret | null> {
    const [row] = await this.database.query<SealedRollSecret>(readNewest, [gameId]);
    return row ?? null;
  }

  async insert(game: GameScope, { version, sealed }: SealedRollSecret, now: Date): Promise<void> {
    await this.database.query(insertFirst, [game.gameId, version, game.studioId, sealed, now]);
  }
}

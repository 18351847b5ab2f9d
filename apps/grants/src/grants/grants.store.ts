import { Injectable } from '@nestjs/common';
import type { Scope } from '@kraty/contracts/common';
import { Database, statement } from '@kraty/platform/persistence';
import { grantColumns } from './grant-columns.js';
import type { GrantRow } from './grant.js';

/** Newest first: by creation, then id (07 §9). What is about to be born claimed is not there yet. */
const listPending = statement(
  'grants-list-pending',
  `select ${grantColumns}
     from player_grant
    where game_id = $1 and environment = $2 and player_id = $3 and status = 'pending'
      and deposit_requested_by is distinct from 'auto' and (expires_at is null or expires_at > $4)
    order by created_at desc, id desc
    limit $5`,
);

const findGrant = statement(
  'grants-find',
  `select ${grantColumns}
     from player_grant
    where id = $1 and game_id = $2 and environment = $3 and player_id = $4`,
);

const findGrantOfGame = statement(
  'grants-find-of-game',
  `select ${grantColumns} from player_grant where id = $1 and game_id = $2 and environment = $3`,
);

@Injectable()
export class GrantsStore {
  constructor(private readonly database: Database) {}

  /** Pending at `now`, and not overdue. */
  async pending(owner: { scope: Scope; playerId: string }, now: Date, limit: number): Promise<GrantRow[]> {
    const { scope, playerId } = owner;
    return this.database.query<GrantRow>(listPending, [scope.gameId, scope.environment, playerId, now, limit]);
  }

  /** Null for an unknown grant, and for one of another player, game or environment. */
  async find(owner: { scope: Scope; playerId: string }, grantId: string): Promise<GrantRow | null> {
    const { scope, playerId } = owner;
    const values = [grantId, scope.gameId, scope.environment, playerId];
    const [row] = await this.database.query<GrantRow>(findGrant, values);
    return row ?? null;
  }

  /** Whoever's it is; null for a grant of another game or environment. */
  async findOfGame({ gameId, environment }: Scope, grantId: string): Promise<GrantRow | null> {
    const [row] = await this.database.query<GrantRow>(findGrantOfGame, [grantId, gameId, environment]);
    return row ?? null;
  }
}

import { Injectable } from '@nestjs/common';
import type { Json, Scope } from '@kraty/contracts/common';
import { statement, type Tx } from '@kraty/platform/persistence';

const LAST_CONTEXT = statement(
  'player_context_last',
  `select context from player_context where game_id = $1 and environment = $2 and player_id = $3`,
);

/** What players' clients last said at a start; starts write it themselves. */
@Injectable()
export class ContextsStore {
  async last(tx: Tx, { gameId, environment }: Scope, playerId: string): Promise<Json> {
    const [row] = await tx.query<{ context: Json }>(LAST_CONTEXT, [gameId, environment, playerId]);
    return row?.context ?? {};
  }
}

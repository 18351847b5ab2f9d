import type { GameScope } from '@kraty/contracts/common';
import type { SectionChanges } from '@kraty/contracts/configuration';
import { statement, type Tx } from '../persistence/index.js';

export type ApplyState = 'prepared' | 'committed' | 'abandoned';

export interface Apply {
  state: ApplyState;
  changes: SectionChanges;
  /** Email of whoever applies; null = called off before it was prepared. */
  actor: string | null;
}

/** One apply of one game. */
export interface ApplyRef {
  game: GameScope;
  applyId: string;
}

/** An apply that is known already stays as it is; a second prepared one of a game breaks a unique index. */
const insertPrepared = statement(
  'configuration-applies.prepare',
  `insert into configuration_apply (apply_id, game_id, studio_id, state, changes, actor, prepared_at)
   values ($1, $2, $3, 'prepared', $4, $5, $6)
   on conflict (apply_id) do nothing`,
);

/** Remembers that an apply never prepared here was called off, so that a late prepare is refused. */
const insertAbandoned = statement(
  'configuration-applies.remember-abandoned',
  `insert into configuration_apply (apply_id, game_id, studio_id, state, changes, prepared_at, decided_at)
   values ($1, $2, $3, 'abandoned', '{}', $4, $4)
   on conflict (apply_id) do nothing`,
);

const lockApply = statement(
  'configuration-applies.lock',
  `select state, changes, actor from configuration_apply where apply_id = $1 and game_id = $2 for update`,
);

const decideApply = statement(
  'configuration-applies.decide',
  `update configuration_apply set state = $3, decided_at = $4 where apply_id = $1 and game_id = $2`,
);

const uniqueViolation = '23505';
const onePreparedAGame = 'configuration_apply_one_prepared';

/** Rows of `configuration_apply`, one an apply, kept for ever. */
export class AppliesStore {
  async prepare(tx: Tx, apply: ApplyRef & { actor: string; changes: SectionChanges }, now: Date): Promise<void> {
    const { applyId, game, actor, changes } = apply;
    await tx.query(insertPrepared, [applyId, game.gameId, game.studioId, JSON.stringify(changes), actor, now]);
  }

  async rememberAbandoned(tx: Tx, { game, applyId }: ApplyRef, now: Date): Promise<void> {
    await tx.query(insertAbandoned, [applyId, game.gameId, game.studioId, now]);
  }

  async lock(tx: Tx, { game, applyId }: ApplyRef): Promise<Apply | null> {
    const [row] = await tx.query<Apply>(lockApply, [applyId, game.gameId]);
    return row ?? null;
  }

  async decide(tx: Tx, { game, applyId }: ApplyRef, state: ApplyState, now: Date): Promise<void> {
    await tx.query(decideApply, [applyId, game.gameId, state, now]);
  }
}

/** True when another apply of the game is prepared and not decided. */
export function isApplyRunning(error: unknown): boolean {
  const { code, constraint } = (error ?? {}) as { code?: unknown; constraint?: unknown };
  return code === uniqueViolation && constraint === onePreparedAGame;
}

import { Injectable } from '@nestjs/common';
import { statement, type Tx } from '@kraty/platform/persistence';
import type { AttemptState } from '../attempts/attempt.js';

const SAVE = statement(
  'attempt_force_complete',
  `update attempt set status = $2, completed_at = $3, score = $4, score_at = $5, best_score = $6, best_at = $7, ends_at = $8
    where id = $1`,
);

/** Attempts that operators complete. */
@Injectable()
export class ForceCompletionStore {
  async save(tx: Tx, attempt: AttemptState): Promise<void> {
    const { id, status, completedAtMs, score, scoreAtMs, bestScore, bestAtMs, endsAtMs } = attempt;
    await tx.query(SAVE, [id, status, at(completedAtMs), score, at(scoreAtMs), bestScore, at(bestAtMs), at(endsAtMs)]);
  }
}

const at = (instantMs: number | null): Date | null => (instantMs === null ? null : new Date(instantMs));

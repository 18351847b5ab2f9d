import { Injectable } from '@nestjs/common';
import { statement, type Tx } from '@kraty/platform/persistence';

/**
 * Marks the row; writers meet the mark under the row's own lock. The index is to be made anew as well when the process
 * dies now, and once more after a writer that had committed before and tells the index later.
 */
const removeEntry = statement(
  'remove-entry',
  `with marked as (
     update board_entry set removed_at = $3, revision = revision + 1
      where leaderboard_id = $1 and participant_id = $2 and removed_at is null
     returning score
   ), behind as (
     update board set index_misses = index_misses + 1 where leaderboard_id = $1 and exists (select from marked)
   )
   select score, true as applied from marked
   union all
   select score, false from board_entry
    where leaderboard_id = $1 and participant_id = $2 and removed_at is not null and not exists (select from marked)`,
);

/** Rows that operators have taken off boards. */
@Injectable()
export class RemovalsStore {
  /** Null when the participant never stood there. */
  async remove(
    tx: Tx,
    leaderboardId: string,
    participantId: string,
    now: Date,
  ): Promise<{ score: number; applied: boolean } | null> {
    const values = [leaderboardId, participantId, now];
    const [row] = await tx.query<{ score: number; applied: boolean }>(removeEntry, values);
    return row ?? null;
  }
}

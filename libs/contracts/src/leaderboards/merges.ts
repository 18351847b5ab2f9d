import type { PlayerRef, Scope } from '../common/index.js';
import { request } from '../messages/index.js';

/**
 * Step 6 of a merge: `from` leaves every board, live and finalized, and `to` takes its place there (12 §§7.2, 7.4), once a
 * saga. A repeated call answers with the recorded count. From the first call on, whatever is told of `from` counts for
 * `to`. The saga has frozen both players, merged their holdings and re-pointed their attempts before.
 * Errors: 503 while something is left; the saga comes again.
 */
export const mergeStandings = request<
  { scope: Scope; sagaId: string; from: PlayerRef; to: PlayerRef },
  /** Boards from which a row of `from` has gone; each period and segment of a defined one counts. */
  { leaderboardsScrubbed: number }
>('leaderboards', 'merge-standings');

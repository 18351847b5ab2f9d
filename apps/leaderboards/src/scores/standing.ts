/** What one participant is known to have reached on one board. */
export interface Standing {
  leaderboardId: string;
  participantId: string;
  score: number;
  achievedAtMs: number;
  /** Placed by a start or a join: stands at 0 until the first real write (06 §5.1). */
  joinedOnly: boolean;
  /** The attempt that reached it; null when no single one did. */
  attemptId: string | null;
}

/**
 * True when `candidate` takes the place of `present` on a board that keeps the best score: a real write replaces a
 * mere registration whatever its score, a higher score wins, and of equal ones the earlier (06 §5).
 */
export function supersedes(candidate: Standing, present: Standing): boolean {
  if (candidate.joinedOnly) return false;
  if (present.joinedOnly) return true;
  if (candidate.score !== present.score) return candidate.score > present.score;
  return candidate.achievedAtMs < present.achievedAtMs;
}

/**
 * One standing for each attempt of each participant on each board, sorted by board and participant: a fixed order keeps
 * two batches from locking each other out. Attempts stay apart because one of them may count no longer, which only the
 * database knows when it chooses among them. The result does not depend on the order of arrival.
 */
export function foldStandings(standings: Iterable<Standing>): Standing[] {
  const folded = new Map<string, Standing>();
  for (const standing of standings) {
    const key = `${standing.leaderboardId} ${standing.participantId} ${standing.attemptId}`;
    const present = folded.get(key);
    if (!present || supersedes(standing, present) || isEarlierRegistration(standing, present))
      folded.set(key, standing);
  }
  return [...folded].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, standing]) => standing);
}

function isEarlierRegistration(candidate: Standing, present: Standing): boolean {
  return candidate.joinedOnly && present.joinedOnly && candidate.achievedAtMs < present.achievedAtMs;
}

/** 13 digits hold every millisecond to the year 2286. */
const latestMs = 9_999_999_999_999;

/**
 * The sorted-set member of a participant. Redis orders equal scores by the member's bytes, so read from the top the
 * earlier achiever comes first, and at the same millisecond the greater participant id (06 §5.2).
 */
export function memberOf(participantId: string, achievedAtMs: number): string {
  return `${String(latestMs - achievedAtMs).padStart(13, '0')}:${participantId}`;
}

/** The participant a member stands for. */
export function participantOf(member: string): string {
  return member.slice(14);
}

/** What the index holds of a participant; null = nothing. */
export type Held = { revision: number; member: string; score: number | null } | null;

/** True when the index is behind the row, or shows it wrongly. One that is ahead has heard of a newer write. */
export function differsFromRow(
  row: { participantId: string; revision: number; achievedAtMs: number; score: number },
  held: Held,
): boolean {
  if (!held || held.revision < row.revision) return true;
  if (held.revision > row.revision) return false;
  return held.score !== row.score || held.member !== memberOf(row.participantId, row.achievedAtMs);
}

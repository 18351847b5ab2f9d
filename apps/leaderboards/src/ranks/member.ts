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

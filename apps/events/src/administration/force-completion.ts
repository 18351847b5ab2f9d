import type { AttemptState } from '../attempts/attempt.js';

/** True for an attempt that an operator may complete (05 §9.6). */
export function isOpenForForce({ status }: AttemptState): boolean {
  return status === 'in_progress' || status === 'expired';
}

/** The attempt completed by an operator; an override replaces the score and the best one. */
export function forceCompleted(attempt: AttemptState, overrideScore: number | null, nowMs: number): AttemptState {
  const completed: AttemptState = { ...attempt, status: 'force_completed', completedAtMs: nowMs };
  if (overrideScore === null) return completed;
  const isFirst = attempt.bestScore === null;
  return {
    ...completed,
    score: overrideScore,
    // The board shows it from now on, unless it has shown the same all the time.
    scoreAtMs: isFirst ? null : attempt.score === overrideScore ? attempt.scoreAtMs : nowMs,
    bestScore: overrideScore,
    bestAtMs: attempt.bestScore === overrideScore ? attempt.bestAtMs : nowMs,
  };
}

/** The UUID just below: a page of players after it begins with this one. */
export function idBefore(id: string): string {
  const below = BigInt(`0x${id.replaceAll('-', '')}`) - 1n;
  const hex = below.toString(16).padStart(32, '0');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

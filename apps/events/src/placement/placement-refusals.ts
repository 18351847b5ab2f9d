import type { Issue } from '@kraty/contracts/failures';
import { fail, type Failure } from '@kraty/platform/errors';

/** The window has begun to close, or has got another statement, since it was looked at: the start looks again. */
export class WindowGone extends Error {}

/** The window has as many boards as contexts may open in it; thrown to undo the opening of one more. */
export class WindowFull extends Error {}

/** A board cannot be allocated or found now (05 §6.1). */
export function noLeaderboard(cause?: unknown): Failure {
  const options = { headers: { 'retry-after': '1' }, cause };
  return fail('no_leaderboard', 'there is no board for this player now; try again', undefined, options);
}

/** Another try with the same context would end the same way (05 §6.1). */
export function noSegment(): Failure {
  const message = 'must name a segment of this event';
  const issues: Issue[] = [{ path: 'body.playerContext', code: 'required', message }];
  return fail('validation_failed', `playerContext ${message}`, { issues });
}

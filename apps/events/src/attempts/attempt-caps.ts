import { fail, type Failure } from '@kraty/platform/errors';
import type { AttemptRules } from '../definitions/event-definition.js';

/** Attempts ever created by the player, whatever their status. */
export interface AttemptsUsed {
  inWindow: number;
  today: number;
}

/** Waiting cannot help against a cap, so clients must not sleep before they try again (01 §8). */
const noWait = { 'retry-after': '0' };

/** Window first, then day (05 §8.1); null when another attempt may begin. */
export function capFailure(rules: AttemptRules, used: AttemptsUsed, resetsAtMs: number): Failure | null {
  const { perWindowMax, perDayMax } = rules;
  if (perWindowMax !== null && used.inWindow >= perWindowMax) {
    const details = { limit: perWindowMax, used: used.inWindow };
    return fail('max_attempts_reached', 'no attempts are left in this window', details, { headers: noWait });
  }
  if (perDayMax !== null && used.today >= perDayMax) {
    const details = { limit: perDayMax, used: used.today, resetsAt: new Date(resetsAtMs).toISOString() };
    return fail('max_daily_attempts_reached', 'no attempts are left today', details, { headers: noWait });
  }
  return null;
}

import type { Issue } from '@kraty/contracts/failures';
import { fail } from '@kraty/platform/errors';

/** Refuses a body when there is anything wrong with it, naming all of it (01 §7). */
export function refuseIssues(issues: readonly Issue[]): void {
  const [first] = issues;
  if (first) throw fail('validation_failed', `${first.path} ${first.message}`, { issues });
}

import type { Segmentation } from '@kraty/contracts/leaderboards';
import { fail } from '@kraty/platform/errors';
import { allowedSegments } from '../segments/segment.js';

/**
 * The segment a caller names on a board whose writes name it; other boards derive it, and ignore the caller's on
 * writes (06 §4.3).
 *
 * @throws validation_failed when it is missing, or outside a closed list
 */
export function namedSegment(split: Segmentation, segment: string | null, path: string): string {
  if (segment === null || segment === '') throw badSegment(path, 'required', 'is required on this board');
  const allowed = allowedSegments(split);
  if (allowed && !allowed.includes(segment)) throw badSegment(path, 'enum', 'is none of this board', { allowed });
  return segment;
}

export function badSegment(path: string, code: string, rule: string, more: { allowed?: string[] } = {}) {
  return fail('validation_failed', `${path} ${rule}`, { issues: [{ path, code, message: rule }], ...more });
}

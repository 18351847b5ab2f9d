import { isPlainObject } from '@kraty/contracts/common';
import type { AuditDifference } from '@kraty/contracts/identity';

/** What changed between two statements: JSON pointers, unchanged values left out (04 §§5.2, 11). */
export function difference(before: unknown, after: unknown, path = ''): AuditDifference[] {
  if (isPlainObject(before) && isPlainObject(after)) {
    const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
    return keys.flatMap((key) => difference(before[key], after[key], `${path}/${escaped(key)}`));
  }
  if (JSON.stringify(before) === JSON.stringify(after)) return [];
  return [{ path, before: before ?? null, after: after ?? null }];
}

/** RFC 6901. */
function escaped(key: string): string {
  return key.replaceAll('~', '~0').replaceAll('/', '~1');
}

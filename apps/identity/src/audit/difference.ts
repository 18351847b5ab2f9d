import type { AuditDifference } from '@kraty/contracts/identity';

type State = Record<string, unknown> | null;

/** What changed between two states of an object: JSON pointers, unchanged values left out (04 §11). */
export function difference(before: State, after: State): AuditDifference[] {
  return compare('', before ?? undefined, after ?? undefined);
}

function compare(path: string, before: unknown, after: unknown): AuditDifference[] {
  if (isMap(before) && isMap(after)) {
    const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
    return keys.flatMap((key) => compare(`${path}/${escaped(key)}`, before[key], after[key]));
  }
  if (JSON.stringify(before) === JSON.stringify(after)) return [];
  return [{ path, before: before ?? null, after: after ?? null }];
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** RFC 6901. */
function escaped(key: string): string {
  return key.replaceAll('~', '~0').replaceAll('/', '~1');
}

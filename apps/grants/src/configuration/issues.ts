import type { Issue } from '@kraty/contracts/failures';

/** The issue, when something holds. */
export function when(holds: boolean, path: string, code: Issue['code'], message: string): Issue[] {
  return holds ? [{ path, code, message }] : [];
}

/** Keys that stand twice in a section. */
export function duplicates(section: string, objects: readonly { key: string }[]): Issue[] {
  const seen = new Set<string>();
  return objects.flatMap(({ key }) => {
    const again = seen.has(key);
    seen.add(key);
    return when(again, `${section}[${key}].key`, 'duplicate', 'is used twice');
  });
}

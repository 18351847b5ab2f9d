import type { Issue } from '@kraty/contracts/failures';

export function issue(path: string, code: Issue['code'], message: string): Issue {
  return { path, code, message };
}

/** A name that leads nowhere. */
export function unknown(path: string, kind: string, key: string): Issue {
  return issue(path, 'unknown_reference', `there is no ${kind} '${key}'`);
}

/** Repeats in a list, at the place of each that has been there before. */
export function duplicates(keys: readonly string[], pathAt: (at: number) => string): Issue[] {
  return keys.flatMap((key, at) =>
    keys.indexOf(key) === at ? [] : [issue(pathAt(at), 'duplicate', `'${key}' is stated twice`)],
  );
}

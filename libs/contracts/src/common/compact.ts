import type { JsonValue } from './values.js';

/** Without the fields that say nothing; order of the given fields. */
export function compact<T extends object>(fields: { [K in keyof T]: T[K] | undefined | null }): T {
  const kept = Object.entries(fields as Record<string, JsonValue | undefined>).filter(
    ([, value]) => value !== undefined && value !== null,
  );
  return Object.fromEntries(kept) as T;
}

/** An object or a list that says something. */
export function nonEmpty<T extends object>(value: T): T | undefined {
  return Object.keys(value).length === 0 ? undefined : value;
}

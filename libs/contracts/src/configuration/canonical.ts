import type { Json, JsonValue, Localized } from '../common/index.js';

/** Lines end in LF and locales are sorted, or two exports of one text would differ (04 §12). */
export function canonicalText(text: Localized): Localized {
  if (typeof text === 'string') return withLineFeeds(text);
  const locales = Object.keys(text).toSorted();
  return Object.fromEntries(locales.map((locale) => [locale, withLineFeeds(text[locale] ?? '')]));
}

function withLineFeeds(text: string): string {
  return text.replaceAll('\r\n', '\n').replaceAll('\r', '\n');
}

/** PostgreSQL orders the keys of JSON by a rule of its own; a document shows them sorted. */
export function canonicalJson(json: Json): Json {
  return canonicalValue(json) as Json;
}

function canonicalValue(value: JsonValue): JsonValue {
  if (Array.isArray(value)) return value.map(canonicalValue);
  if (typeof value !== 'object' || value === null) return value;
  const keys = Object.keys(value).toSorted();
  return Object.fromEntries(keys.map((key) => [key, canonicalValue(value[key] ?? null)]));
}

/** Keyed objects in the order of a document. */
export function sortedByKey<R extends { key: string }>(rows: readonly R[]): R[] {
  return rows.toSorted((left, right) => {
    if (left.key === right.key) return 0;
    return left.key < right.key ? -1 : 1;
  });
}

import { adminLimits } from '@kraty/contracts/admin';
import { isStorable, limits, parseInstant } from '@kraty/contracts/common';
import { fail } from '@kraty/platform/errors';

/** Query parameters as the router hands them over: a repeated one is an array. */
export type Query = Record<string, string | string[] | undefined>;

/**
 * One value of a parameter, or undefined when it is absent.
 *
 * @throws validation_failed when the parameter stands twice (01 §12)
 */
export function single(query: Query, name: string): string | undefined {
  const value = query[name];
  if (Array.isArray(value)) throw invalid(name, 'format', 'must be given once');
  return value;
}

/** `limit` of a list: 1–200, never clamped (01 §9). */
export function listLimit(query: Query): number {
  const text = single(query, 'limit');
  if (text === undefined) return limits.listLimitDefault;
  if (!/^\d{1,9}$/.test(text)) throw invalid('limit', 'type', 'must be a whole number');
  const limit = Number(text);
  if (limit < 1 || limit > limits.listLimitMax)
    throw invalid('limit', 'range', `must be from 1 to ${limits.listLimitMax}`);
  return limit;
}

/** `true` `false` `1` `0`; empty, `null` and absent are false (01 §12, 06 §2). */
export function flag(query: Query, name: string): boolean {
  const text = single(query, name);
  if (text === undefined || text === '' || text === 'null' || text === 'false' || text === '0') return false;
  if (text === 'true' || text === '1') return true;
  throw invalid(name, 'type', 'must be true or false');
}

/** Comma-separated keys, at most 8 (02 §7.1). Empty parts are passed over. */
export function keyList(query: Query, name: string): string[] {
  const text = single(query, name);
  if (text === undefined || text === '') return [];
  const keys = [...new Set(text.split(',').filter((key) => key !== ''))];
  if (keys.length > limits.progressionKeysPerReadMax) {
    throw invalid(name, 'length', `must name at most ${limits.progressionKeysPerReadMax} keys`);
  }
  if (keys.some((key) => key.length > limits.keyCharactersMax)) {
    throw invalid(name, 'length', `must name keys of at most ${limits.keyCharactersMax} characters`);
  }
  if (!isStorable(keys)) throw invalid(name, 'format', 'must not contain NUL or half of a surrogate pair');
  return keys;
}

/** One of the words a parameter knows; undefined when it is absent. */
export function oneOf<W extends string>(query: Query, name: string, words: readonly W[]): W | undefined {
  const text = single(query, name);
  if (text === undefined || text === '') return undefined;
  const word = words.find((known) => known === text);
  if (word === undefined) throw invalid(name, 'enum', `must be one of ${words.join(', ')}`);
  return word;
}

/** A text to look for; undefined when it is absent. */
export function shortText(query: Query, name: string): string | undefined {
  const text = single(query, name);
  if (text === undefined || text === '') return undefined;
  const { filterCharactersMax: max } = adminLimits;
  if (text.length > max) throw invalid(name, 'length', `must have at most ${max} characters`);
  if (!isStorable(text)) throw invalid(name, 'format', 'must not contain NUL or half of a surrogate pair');
  return text;
}

/** An instant with a zone, in UTC; undefined when it is absent. */
export function instant(query: Query, name: string): string | undefined {
  const text = single(query, name);
  if (text === undefined || text === '') return undefined;
  const atMs = parseInstant(text);
  if (atMs === null) throw invalid(name, 'format', 'must be an ISO 8601 instant with a zone');
  return new Date(atMs).toISOString();
}

/** A whole number of at least 1; undefined when it is absent. */
export function positiveInteger(query: Query, name: string): number | undefined {
  const text = single(query, name);
  if (text === undefined || text === '') return undefined;
  if (!/^[1-9]\d{0,8}$/.test(text)) throw invalid(name, 'range', 'must be a whole number of at least 1');
  return Number(text);
}

/** A whole number from 1 to `max`, never clamped (01 §9); undefined when it is absent. */
export function boundedInteger(query: Query, name: string, max: number): number | undefined {
  const text = single(query, name);
  if (text === undefined) return undefined;
  if (!/^\d{1,9}$/.test(text)) throw invalid(name, 'type', 'must be a whole number');
  const value = Number(text);
  if (value < 1 || value > max) throw invalid(name, 'range', `must be from 1 to ${max}`);
  return value;
}

/** The failure of one query parameter. */
export function invalid(name: string, code: string, rule: string) {
  const path = `query.${name}`;
  return fail('validation_failed', `${path} ${rule}`, { issues: [{ path, code, message: rule }] });
}

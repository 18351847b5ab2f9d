import { isPlainObject } from '@kraty/contracts/common';
import { botLimits, type ImportedIdentities } from '@kraty/contracts/leaderboards';
import { csvRows } from './identities-csv.js';
import type { Identity } from './identity-pool.js';

/** Problems told of one import. */
const problemsMax = 100;
const columns = ['name', 'avatar', 'country'] as const;
const country = /^[A-Z]{2}$/;

export interface ImportVerdict extends ImportedIdentities {
  /** The pool as it is afterwards. */
  entries: Identity[];
}

/** The entries of a file, whatever they are; null when it has no form known. A heading of CSV is passed over. */
export function entriesOfFile(body: unknown): unknown[] | null {
  if (!isPlainObject(body)) return null;
  const { csv, entries } = body;
  if (typeof csv === 'string' && entries === undefined) {
    const rows = csvRows(csv.replace(/^\uFEFF/, ''));
    const isHeading = rows[0]?.[0]?.trim().toLowerCase() === 'name';
    return (isHeading ? rows.slice(1) : rows).map(entryOfRow);
  }
  return Array.isArray(entries) && csv === undefined ? entries : null;
}

/** Adds what can stand to the names of a pool; the first of two alike stays (04 §6). */
export function importedInto(pool: readonly Identity[], given: readonly unknown[]): ImportVerdict {
  const entries = [...pool];
  const names = new Set(pool.map(({ name }) => name));
  const problems: ImportVerdict['problems'] = [];
  let skipped = 0;
  given.forEach((entry, at) => {
    const judged = identityOf(entry);
    const isKnown = typeof judged !== 'string' && names.has(judged.name);
    const full = entries.length >= botLimits.identitiesMax && !isKnown ? 'the pool is full' : null;
    if (isKnown) skipped += 1;
    else if (typeof judged === 'string' || full) problems.push({ entry: at + 1, message: full ?? String(judged) });
    else {
      names.add(judged.name);
      entries.push(judged);
    }
  });
  return { entries, added: entries.length - pool.length, skipped, problems: problems.slice(0, problemsMax) };
}

function entryOfRow(row: string[]): unknown {
  if (row.length > columns.length) return null;
  const given = columns.flatMap((column, at) => (row[at]?.trim() ? [[column, row[at].trim()] as const] : []));
  return Object.fromEntries(given);
}

/** The identity, or why it is none. */
function identityOf(entry: unknown): Identity | string {
  if (!isPlainObject(entry)) return 'must have a name, and perhaps an avatar and a country';
  const { name, avatar = null, country: from = null, ...others } = entry;
  const [unknown] = Object.keys(others);
  if (unknown !== undefined) return `has a field ${unknown.slice(0, 40)} that is not known`;
  if (typeof name !== 'string' || !isName(name))
    return `name must have 1 to ${botLimits.identityNameCharactersMax} characters`;
  if (avatar !== null && (typeof avatar !== 'string' || avatar.length > botLimits.identityAvatarCharactersMax)) {
    return `avatar must have at most ${botLimits.identityAvatarCharactersMax} characters`;
  }
  if (from !== null && (typeof from !== 'string' || !country.test(from))) return 'country must be two capital letters';
  return { name, ...(avatar && { avatar }), ...(from && { country: from }) };
}

function isName(name: string): boolean {
  const characters = [...name].length;
  return characters >= 1 && characters <= botLimits.identityNameCharactersMax && name.trim() !== '';
}

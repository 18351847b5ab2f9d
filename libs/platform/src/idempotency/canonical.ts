import { sha256Hex } from '../ids/index.js';

/**
 * SHA-256 of a body as "same body" means it (01 §6.4): equal after parsing, key order ignored, `idempotencyKey` left
 * out, null fields of the top level left out, the query string as if it were part of the body.
 */
export function canonicalHash(body: object, query = ''): string {
  const fields = body as Fields;
  const counted = (name: string) => name !== 'idempotencyKey' && fields[name] !== null;
  return sha256Hex(`${canonicalMembers(fields, Object.keys(fields).filter(counted))}?${query}`);
}

type Fields = Record<string, unknown>;

/** JSON with the keys of every object in one order. */
function canonicalJson(value: unknown): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  return canonicalMembers(value as Fields, Object.keys(value));
}

/** Sorts the names where they are: they are the caller's to give away. */
function canonicalMembers(fields: Fields, names: string[]): string {
  let members = '';
  for (const name of names.sort()) {
    const member = fields[name];
    if (member === undefined) continue;
    if (members !== '') members += ',';
    members += `${JSON.stringify(name)}:${canonicalJson(member)}`;
  }
  return `{${members}}`;
}

import { sha256Hex } from '../ids/index.js';

/**
 * SHA-256 of a body as "same body" means it (01 §6.4): equal after parsing, key order ignored, `idempotencyKey` left
 * out, null fields of the top level left out, the query string as if it were part of the body.
 */
export function canonicalHash(body: object, query = ''): string {
  const fields = Object.entries(body).filter(([name, value]) => name !== 'idempotencyKey' && value !== null);
  return sha256Hex(`${canonicalJson(Object.fromEntries(fields))}?${query}`);
}

/** JSON with the keys of every object in one order. */
function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const members = Object.entries(value).filter(([, member]) => member !== undefined);
  members.sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${canonicalJson(member)}`).join(',')}}`;
}

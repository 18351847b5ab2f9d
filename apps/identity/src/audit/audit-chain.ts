import { createHash } from 'node:crypto';
import type { AuditRow } from '@kraty/contracts/identity';

/** The hash before the first row of a studio. */
export const chainStart = '0'.repeat(64);

export type UnhashedRow = Omit<AuditRow, 'hash'>;

/** SHA-256 of the previous hash and the row in canonical form: a changed byte anywhere breaks the chain from there. */
export function chainHash(previousHash: string, row: UnhashedRow): string {
  return createHash('sha256').update(previousHash).update(canonicalJson(row)).digest('hex');
}

/**
 * The first row whose number or hash does not follow from the one before it; null when all do.
 *
 * @param previous the row before the first one
 */
export function firstBadRow(rows: readonly AuditRow[], previous: { seq: number; hash: string }): number | null {
  let { seq, hash } = previous;
  for (const row of rows) {
    const { hash: stored, ...unhashed } = row;
    if (row.seq !== seq + 1) return seq + 1;
    if (chainHash(hash, unhashed) !== stored) return row.seq;
    ({ seq, hash } = row);
  }
  return null;
}

/** JSON with sorted keys: the database keeps no order of keys. */
export function canonicalJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item ?? null)).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value ?? null);
  const entries = Object.entries(value).filter(([, inner]) => inner !== undefined);
  entries.sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, inner]) => `${JSON.stringify(key)}:${canonicalJson(inner)}`).join(',')}}`;
}

import { createHash } from 'node:crypto';
import type { BoardEntry } from '@kraty/contracts/leaderboards';

/** Serialized rows of a board at one version. */
export interface BoardRows {
  /** Digest of the rows: every process names the same rows alike. */
  view: string;
  rows: string[];
}

/** Serializes rows once for many readers. */
export function serializeRows(entries: readonly BoardEntry[]): BoardRows {
  const rows = entries.map((entry) => JSON.stringify(entry));
  const digest = createHash('sha1');
  for (const row of rows) digest.update(row).update('\n');
  return { view: digest.digest('base64url'), rows };
}

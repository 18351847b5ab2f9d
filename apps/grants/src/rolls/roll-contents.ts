import type { RollableEntry } from './roll.js';

/** Where the entries of a roll come from: a bundle in its revision of the pin instant, or entries of their own. */
export type RollContents = { bundleKey: string } | { entries: readonly RollableEntry[] };

/** A configuration in the form it had when something was rolled from it. */
export interface PinnedRevision {
  kind: 'bundle' | 'table';
  key: string;
  revision: number;
}

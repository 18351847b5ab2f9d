import type { Localized } from '@kraty/contracts/common';
import type { RollableEntry, RollableTable } from '../rolls/roll.js';

/** A bundle or table as it is stored; `content` is what it gives. */
export interface StoredObject<C> {
  id: string;
  key: string;
  name: Localized;
  content: C;
  revision: number;
  archived_at: Date | null;
}

export type StoredBundle = StoredObject<RollableEntry[]>;
export type StoredTable = StoredObject<RollableTable>;

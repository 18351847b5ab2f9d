import type { Amount, GrantedEntry, RewardEntry } from '@kraty/contracts/grants';
import type { RollStream } from './roll-stream.js';

/** Everything the engine can roll. */
export type RollableEntry = RewardEntry;

/** Weighted outcomes of which one is picked a roll (07 §4). */
export interface RollableTable {
  weightedEntries: readonly { weight: number; entry: RollableEntry }[];
  /** How often it is rolled when the entry does not say; default 1. */
  rolls?: Amount;
  /** Default true: an outcome may come up again. */
  withReplacement?: boolean;
}

export type TablesByKey = ReadonlyMap<string, RollableTable>;

/** Hears of every pick, in order: which table, which of its outcomes, how many were picked before in the same go. */
export type OnPick = (tableKey: string, index: number, before: number) => void;

const noTables: TablesByKey = new Map();

/** A roll that cannot be made because the pinned configuration lacks something. */
export class UnrollableError extends Error {
  override readonly name = 'UnrollableError';
}

/**
 * Entries left to right, depth first, not merged; numbers that come out as 0 are dropped (07 §3).
 *
 * @throws UnrollableError for a table that is not there
 */
export function roll(
  entries: readonly RollableEntry[],
  stream: RollStream,
  tables: TablesByKey = noTables,
  onPick?: OnPick,
): GrantedEntry[] {
  return entries.flatMap((entry) => resolve(entry, stream, tables, onPick));
}

/** A fixed number as it is; a range by its buckets, each equally likely, the last one cut to `max` (07 §2). */
export function rollAmount(amount: Amount, stream: RollStream): number {
  if (typeof amount === 'number') return amount;
  const step = amount.step ?? 1;
  const lastBucket = Math.ceil((amount.max - amount.min) / step);
  return Math.min(amount.min + stream.uniform(lastBucket + 1) * step, amount.max);
}

function resolve(entry: RollableEntry, stream: RollStream, tables: TablesByKey, onPick?: OnPick): GrantedEntry[] {
  if (entry.type === 'table') return rollTable(entry, stream, tables, onPick);
  const count = rollAmount(entry.type === 'currency' ? entry.amount : entry.quantity, stream);
  if (count === 0) return [];
  switch (entry.type) {
    case 'currency':
      return [{ type: 'currency', currencyKey: entry.currencyKey, amount: count }];
    case 'crate':
      return [{ type: 'crate', crateItemKey: entry.crateItemKey, quantity: count }];
    case 'item':
      return [{ type: 'item', itemKey: entry.itemKey, quantity: count, ...parametersOf(entry) }];
    default:
      throw new UnrollableError(`unknown entry type ${JSON.stringify(entry)}`);
  }
}

function parametersOf(entry: { parameters?: RewardEntryParameters }): { parameters?: RewardEntryParameters } {
  return entry.parameters ? { parameters: entry.parameters } : {};
}

type RewardEntryParameters = NonNullable<Extract<RewardEntry, { type: 'item' }>['parameters']>;

function rollTable(
  entry: { tableKey: string; rolls?: Amount },
  stream: RollStream,
  tables: TablesByKey,
  onPick?: OnPick,
): GrantedEntry[] {
  const table = tables.get(entry.tableKey);
  if (!table) throw new UnrollableError(`table ${entry.tableKey} is archived, or there is none`);
  const rolls = rollAmount(entry.rolls ?? table.rolls ?? 1, stream);
  const left = [...table.weightedEntries];
  const places = left.map((_, place) => place);
  const granted: GrantedEntry[] = [];
  for (let done = 0; done < rolls && left.length > 0; done += 1) {
    const picked = pick(left, stream);
    const outcome = left[picked]!;
    onPick?.(entry.tableKey, places[picked]!, done);
    if (table.withReplacement === false) {
      left.splice(picked, 1);
      places.splice(picked, 1);
    }
    granted.push(...resolve(outcome.entry, stream, tables, onPick));
  }
  return granted;
}

/** Index of the first outcome whose running total of weights exceeds the drawn number. */
function pick(outcomes: readonly { weight: number }[], stream: RollStream): number {
  const totalWeight = outcomes.reduce((sum, outcome) => sum + outcome.weight, 0);
  let left = stream.uniform(totalWeight);
  return outcomes.findIndex((outcome) => {
    left -= outcome.weight;
    return left < 0;
  });
}

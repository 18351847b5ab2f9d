import { limits } from '../common/index.js';
import { isRewardAmount, rewardLimits } from './reward-configuration.js';
import type { Amount } from './rewards.js';

/** What is looked at of an entry, whose own fields may be wrong still. */
interface PayoutEntry {
  type: string;
  currencyKey?: string;
  amount?: Amount;
  itemKey?: string;
  quantity?: Amount;
  crateItemKey?: string;
  tableKey?: string;
  rolls?: Amount;
}

/** What is looked at of a table that entries may roll. */
export interface RolledTable {
  weightedEntries: readonly { entry: PayoutEntry }[];
  rolls?: Amount;
  withReplacement?: boolean;
}

export type RolledTables = ReadonlyMap<string, RolledTable>;

export interface PayoutProblem {
  code: 'range' | 'length';
  message: string;
}

/** The most that entries can come to. */
interface Worst {
  /** Each unit of a crate counts: it becomes a grant of its own. */
  entries: number;
  /** By resource. */
  totals: Map<string, number>;
}

const noTables: RolledTables = new Map();

/** Why entries that stand well each by itself cannot be paid out together; empty when they can (07 §1). */
export function payoutProblems(entries: readonly PayoutEntry[], tables: RolledTables = noTables): PayoutProblem[] {
  const problems: PayoutProblem[] = [];
  if (Buffer.byteLength(JSON.stringify(entries)) > rewardLimits.payoutBytesMax) {
    problems.push({ code: 'length', message: `must not exceed ${rewardLimits.payoutBytesMax} bytes as JSON` });
  }
  if (tableDepth(entries, tables) > rewardLimits.tableDepthMax) {
    const message = `may roll tables at most ${rewardLimits.tableDepthMax} deep, and none inside itself`;
    return [{ code: 'range', message }, ...problems];
  }
  const worst = worstOf(entries, new WorstOfTables(tables));
  // A grant that could pass the largest balance by itself could never be claimed.
  if ([...worst.totals.values()].some((total) => total > limits.amountMax)) {
    problems.unshift({ code: 'range', message: `could give more than ${limits.amountMax} of one` });
  }
  if (worst.entries > rewardLimits.expandedEntriesMax) {
    const message = `could come to more than ${rewardLimits.expandedEntriesMax} entries, each unit of a crate counted`;
    problems.push({ code: 'length', message });
  }
  return problems;
}

/** Tables on the longest path from entries to an outcome; beyond the bound, and in a circle, just more than allowed. */
export function tableDepth(entries: readonly PayoutEntry[], tables: RolledTables): number {
  let reached = tableKeysOf(entries);
  let depth = 0;
  while (reached.size > 0 && depth <= rewardLimits.tableDepthMax) {
    depth += 1;
    reached = tableKeysOf([...reached].flatMap((key) => outcomesOf(tables.get(key))));
  }
  return depth;
}

/** Keys of the tables that entries roll themselves. */
export function tableKeysOf(entries: readonly PayoutEntry[]): Set<string> {
  return new Set(entries.flatMap(({ type, tableKey }) => (type === 'table' && tableKey ? [tableKey] : [])));
}

function outcomesOf(table: RolledTable | undefined): PayoutEntry[] {
  return (table?.weightedEntries ?? []).map(({ entry }) => entry);
}

/** What a table can come to, by rolls; many entries share one. */
class WorstOfTables {
  private readonly known = new Map<string, Worst>();

  constructor(private readonly tables: RolledTables) {}

  of(entry: PayoutEntry): Worst {
    const table = this.tables.get(entry.tableKey ?? '');
    if (!table) return { entries: 0, totals: new Map() };
    const rolls = largestOf(entry.rolls ?? table.rolls ?? 1);
    const name = `${entry.tableKey}:${rolls}`;
    const worst = this.known.get(name) ?? this.rolled(table, rolls);
    this.known.set(name, worst);
    return worst;
  }

  /** Each resource at its own worst: outcomes that cannot come together may both be counted, never too few. */
  private rolled(table: RolledTable, rolls: number): Worst {
    const outcomes = table.weightedEntries.map(({ entry }) => worstOf([entry], this));
    const most = (numbers: number[]) => mostOf(numbers, rolls, table.withReplacement ?? true);
    const resources = new Set(outcomes.flatMap(({ totals }) => [...totals.keys()]));
    const totals = [...resources].map(
      (resource) => [resource, most(outcomes.map((outcome) => outcome.totals.get(resource) ?? 0))] as const,
    );
    return { entries: most(outcomes.map(({ entries }) => entries)), totals: new Map(totals) };
  }
}

/** The best of `rolls` picks: the largest again and again, or the largest few where none comes twice. */
function mostOf(numbers: number[], rolls: number, withReplacement: boolean): number {
  if (withReplacement) return Math.max(0, ...numbers) * rolls;
  const largestFirst = numbers.toSorted((left, right) => right - left);
  return largestFirst.slice(0, rolls).reduce((sum, number) => sum + number, 0);
}

function worstOf(entries: readonly PayoutEntry[], tables: WorstOfTables): Worst {
  const sum: Worst = { entries: 0, totals: new Map() };
  for (const entry of entries) add(sum, entry.type === 'table' ? tables.of(entry) : worstOfPlain(entry));
  return sum;
}

function worstOfPlain(entry: PayoutEntry): Worst {
  const { type, currencyKey, amount, itemKey, quantity } = entry;
  const given = largestOf(type === 'currency' ? amount : quantity);
  if (type === 'crate') return { entries: given, totals: new Map() };
  return { entries: 1, totals: new Map([[`${type}:${type === 'currency' ? currencyKey : itemKey}`, given]]) };
}

function add(sum: Worst, { entries, totals }: Worst): void {
  sum.entries += entries;
  for (const [resource, total] of totals) sum.totals.set(resource, (sum.totals.get(resource) ?? 0) + total);
}

function largestOf(amount: unknown): number {
  if (!isRewardAmount(amount)) return 0;
  return typeof amount === 'number' ? amount : amount.max;
}

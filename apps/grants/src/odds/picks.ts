import type { Odds, RewardEntry } from '@kraty/contracts/grants';
import type { RollableTable, TablesByKey } from '../rolls/roll.js';
import { fraction, one, times, toNumber, type Fraction } from './fraction.js';

/** Ways one pick may go; more are nothing a person reads. */
export const picksMax = 2_000;

export class OddsTooLargeError extends Error {
  override readonly name = 'OddsTooLargeError';
}

interface Way {
  path: number[];
  entry: RewardEntry;
  chance: Fraction;
}

/**
 * Every way one pick of a table can go, with its exact chance; together exactly 1.
 *
 * @throws OddsTooLargeError beyond `picksMax` ways
 */
export function oddsOf(table: RollableTable, tables: TablesByKey): Odds[] {
  return waysOf(table, tables, { path: [], chance: one }).map(({ path, entry, chance }) => ({
    path,
    entry,
    probability: toNumber(chance),
    exactly: { numerator: String(chance.numerator), denominator: String(chance.denominator) },
  }));
}

function waysOf(table: RollableTable, tables: TablesByKey, before: Pick<Way, 'path' | 'chance'>): Way[] {
  const total = BigInt(table.weightedEntries.reduce((sum, { weight }) => sum + weight, 0));
  const ways: Way[] = [];
  for (const [index, { weight, entry }] of table.weightedEntries.entries()) {
    const path = [...before.path, index];
    const chance = times(before.chance, fraction(BigInt(weight), total));
    if (entry.type === 'table') ways.push(...waysOf(innerTable(entry.tableKey, tables), tables, { path, chance }));
    else ways.push({ path, entry, chance });
    if (ways.length > picksMax) throw new OddsTooLargeError(`a pick can go more than ${picksMax} ways`);
  }
  return ways;
}

export function innerTable(key: string, tables: TablesByKey): RollableTable {
  const table = tables.get(key);
  if (!table) throw new OddsTooLargeError(`table ${key} is archived, or there is none`);
  return table;
}

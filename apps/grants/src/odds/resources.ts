import type { Amount, GrantedEntry, ResourceOdds } from '@kraty/contracts/grants';
import type { RollableEntry, RollableTable, TablesByKey } from '../rolls/roll.js';
import { innerTable, OddsTooLargeError } from './picks.js';

/** Outcomes of a table without replacement whose orders can all be followed: 2^16 sets of picks. */
export const followedOutcomesMax = 16;

/** What some entries come to: mean amount, and the chance to get none, by resource. */
type Outlook = Map<string, { expected: number; none: number }>;

/** Everything a table rolls together, by resource; sorted by type and key. */
export function resourcesOf(table: RollableTable, rolls: Amount | undefined, tables: TablesByKey): ResourceOdds[] {
  const outlook = new Outlooks(tables).ofTable(table, rolls);
  return [...outlook]
    .map(([resource, { expected, none }]) => ({ ...named(resource), expected, atLeastOne: 1 - none }))
    .toSorted((left, right) => (`${left.type}:${left.key}` < `${right.type}:${right.key}` ? -1 : 1));
}

/** Chances of each number that an amount can come to, by buckets all equally likely (07 §2). */
export function chancesOf(amount: Amount): { mean: number; zero: number } {
  if (typeof amount === 'number') return { mean: amount, zero: amount === 0 ? 1 : 0 };
  const { min, max, step = 1 } = amount;
  const buckets = Math.ceil((max - min) / step) + 1;
  // All but the last lie on the steps; the last is `max` itself.
  const mean = ((buckets - 1) * (min + (min + (buckets - 2) * step))) / 2 / buckets + max / buckets;
  return { mean: buckets === 1 ? max : mean, zero: min === 0 ? 1 / buckets : 0 };
}

class Outlooks {
  private readonly known = new Map<string, Outlook>();

  constructor(private readonly tables: TablesByKey) {}

  ofTable(table: RollableTable, rolls: Amount | undefined): Outlook {
    const counts = countsOf(rolls ?? table.rolls ?? 1);
    const outcomes = table.weightedEntries.map(({ weight, entry }) => ({ weight, outlook: this.ofEntry(entry) }));
    const resources = new Set(outcomes.flatMap(({ outlook }) => [...outlook.keys()]));
    const picking = table.withReplacement === false ? new Unreplaced(outcomes, counts) : new Replaced(outcomes, counts);
    return new Map([...resources].map((resource) => [resource, picking.of(resource)]));
  }

  private ofEntry(entry: RollableEntry): Outlook {
    if (entry.type === 'table') {
      const name = `${entry.tableKey}:${JSON.stringify(entry.rolls ?? null)}`;
      const outlook = this.known.get(name) ?? this.ofTable(innerTable(entry.tableKey, this.tables), entry.rolls);
      this.known.set(name, outlook);
      return outlook;
    }
    const { mean, zero } = chancesOf(entry.type === 'currency' ? entry.amount : entry.quantity);
    return new Map([[`${entry.type}:${keyOf(entry)}`, { expected: mean, none: zero }]]);
  }
}

interface Outcome {
  weight: number;
  outlook: Outlook;
}

type Counts = { rolls: number; chance: number }[];

/** Every pick is like the first. */
class Replaced {
  constructor(
    private readonly outcomes: readonly Outcome[],
    private readonly counts: Counts,
  ) {}

  of(resource: string): { expected: number; none: number } {
    const total = this.outcomes.reduce((sum, { weight }) => sum + weight, 0);
    const share = (of: (outcome: Outcome) => number) =>
      this.outcomes.reduce((sum, outcome) => sum + (outcome.weight / total) * of(outcome), 0);
    const expected = share(({ outlook }) => outlook.get(resource)?.expected ?? 0);
    const none = share(({ outlook }) => outlook.get(resource)?.none ?? 1);
    const over = (of: (rolls: number) => number) =>
      this.counts.reduce((sum, { rolls, chance }) => sum + chance * of(rolls), 0);
    return { expected: over((rolls) => rolls * expected), none: over((rolls) => none ** rolls) };
  }
}

/** A picked outcome is gone: chances depend on what was picked before, so every set of picks is followed. */
class Unreplaced {
  /** By set of picked outcomes, as bits: the chance that exactly these come first. */
  private readonly sets: Float64Array;

  constructor(
    private readonly outcomes: readonly Outcome[],
    private readonly counts: Counts,
  ) {
    const everything = counts.every(({ rolls }) => rolls === 0 || rolls >= outcomes.length);
    if (!everything && outcomes.length > followedOutcomesMax) {
      throw new OddsTooLargeError(`without replacement odds are told of at most ${followedOutcomesMax} outcomes`);
    }
    this.sets = everything ? new Float64Array(0) : chancesOfSets(outcomes);
  }

  of(resource: string): { expected: number; none: number } {
    const of = this.outcomes.map(({ outlook }) => outlook.get(resource) ?? { expected: 0, none: 1 });
    let [expected, none] = [0, 0];
    for (const { rolls, chance } of this.counts) {
      const after = this.afterPicks(of, Math.min(rolls, of.length));
      expected += chance * after.expected;
      none += chance * after.none;
    }
    return { expected, none };
  }

  private afterPicks(of: { expected: number; none: number }[], picks: number): { expected: number; none: number } {
    if (picks === 0) return { expected: 0, none: 1 };
    if (picks === of.length) return together(of, (1 << of.length) - 1, 1);
    const sum = { expected: 0, none: 0 };
    this.sets.forEach((chance, set) => {
      if (bitsOf(set) !== picks) return;
      const one = together(of, set, chance);
      sum.expected += one.expected;
      sum.none += one.none;
    });
    return sum;
  }
}

/** What the outcomes of a set come to, weighed by the chance of the set. */
function together(
  of: { expected: number; none: number }[],
  set: number,
  chance: number,
): { expected: number; none: number } {
  let [expected, none] = [0, 1];
  const whole = of.length > followedOutcomesMax;
  of.forEach((outcome, at) => {
    if (!whole && (set & (1 << at)) === 0) return;
    expected += outcome.expected;
    none *= outcome.none;
  });
  return { expected: chance * expected, none: chance * none };
}

function chancesOfSets(outcomes: readonly Outcome[]): Float64Array {
  const sets = new Float64Array(1 << outcomes.length);
  sets[0] = 1;
  const total = outcomes.reduce((sum, { weight }) => sum + weight, 0);
  for (let set = 0; set < sets.length; set += 1) {
    const left = outcomes.reduce((sum, { weight }, at) => (set & (1 << at) ? sum - weight : sum), total);
    outcomes.forEach(({ weight }, at) => {
      if ((set & (1 << at)) === 0) sets[set | (1 << at)]! += (sets[set]! * weight) / left;
    });
  }
  return sets;
}

/** Chances of how often a table is rolled. */
function countsOf(rolls: Amount): Counts {
  if (typeof rolls === 'number') return [{ rolls, chance: 1 }];
  const { min, max, step = 1 } = rolls;
  const buckets = Math.ceil((max - min) / step) + 1;
  return Array.from({ length: buckets }, (_, k) => ({ rolls: Math.min(min + k * step, max), chance: 1 / buckets }));
}

function bitsOf(set: number): number {
  let bits = 0;
  for (let left = set; left > 0; left >>>= 1) bits += left & 1;
  return bits;
}

function keyOf(entry: Exclude<RollableEntry, { type: 'table' }>): string {
  switch (entry.type) {
    case 'currency':
      return entry.currencyKey;
    case 'item':
      return entry.itemKey;
    case 'crate':
      return entry.crateItemKey;
  }
}

function named(resource: string): { type: GrantedEntry['type']; key: string } {
  const colon = resource.indexOf(':');
  return { type: resource.slice(0, colon) as GrantedEntry['type'], key: resource.slice(colon + 1) };
}

import type { GrantedEntry, TableSimulation } from '@kraty/contracts/grants';

const bucketsMax = 10;

type Totals = TableSimulation['totals'][number];

/** Amounts of each resource over many openings of one table. */
export class SimulatedTotals {
  private readonly amounts = new Map<string, Float64Array>();

  constructor(private readonly opens: number) {}

  add(open: number, entries: readonly GrantedEntry[]): void {
    for (const entry of entries) {
      const [name, amount] = namedAmount(entry);
      const amounts = this.amounts.get(name) ?? new Float64Array(this.opens);
      amounts[open] = (amounts[open] ?? 0) + amount;
      this.amounts.set(name, amounts);
    }
  }

  /** Sorted by type and key. */
  totals(): Totals[] {
    return [...this.amounts]
      .toSorted(([left], [right]) => (left < right ? -1 : 1))
      .map(([name, amounts]) => totalsOf(name, amounts));
  }
}

function totalsOf(name: string, amounts: Float64Array): Totals {
  const sorted = amounts.toSorted();
  const at = (share: number): number => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? 0;
  const [min, max] = [at(0), at(1)];
  const colon = name.indexOf(':');
  return {
    key: name.slice(colon + 1),
    type: name.slice(0, colon) as Totals['type'],
    mean: sorted.reduce((sum, amount) => sum + amount, 0) / sorted.length,
    ...{ min, p5: at(0.05), p50: at(0.5), p95: at(0.95), max },
    buckets: bucketsOf(sorted, min, max),
  };
}

/** Equally wide, both ends included. */
function bucketsOf(sorted: Float64Array, min: number, max: number): Totals['buckets'] {
  const width = Math.max(1, Math.ceil((max - min + 1) / bucketsMax));
  const count = Math.ceil((max - min + 1) / width);
  const buckets = Array.from({ length: count }, (_, at) => ({
    from: min + at * width,
    to: Math.min(max, min + (at + 1) * width - 1),
    count: 0,
  }));
  for (const amount of sorted) buckets[Math.floor((amount - min) / width)]!.count += 1;
  return buckets;
}

function namedAmount(entry: GrantedEntry): [string, number] {
  switch (entry.type) {
    case 'currency':
      return [`currency:${entry.currencyKey}`, entry.amount];
    case 'item':
      return [`item:${entry.itemKey}`, entry.quantity];
    case 'crate':
      return [`crate:${entry.crateItemKey}`, entry.quantity];
  }
}

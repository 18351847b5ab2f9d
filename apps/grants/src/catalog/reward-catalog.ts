import type { ExportedSections } from '@kraty/contracts/configuration';
import type { Amount, GrantedEntry } from '@kraty/contracts/grants';

/** What opening a crate rolls (07 §1). */
export interface CrateConfiguration {
  tableKey: string;
  rolls?: Amount;
}

/** What may be given in a game: everything of its catalog that is not archived. */
export interface RewardCatalog {
  items: ReadonlySet<string>;
  currencies: ReadonlySet<string>;
  crates: ReadonlyMap<string, CrateConfiguration>;
}

export function catalogOf({ items = [], currencies = [] }: ExportedSections['sections']): RewardCatalog {
  return {
    items: new Set(items.map(({ key }) => key)),
    currencies: new Set(currencies.map(({ key }) => key)),
    crates: new Map(items.flatMap(({ key, crate }) => (crate ? [[key, crate] as const] : []))),
  };
}

/** Key and place of the first entry that the catalog does not have; a crate without contents cannot be given. */
export function firstUnknown(
  entries: readonly GrantedEntry[],
  catalog: RewardCatalog,
): { index: number; key: string } | null {
  for (const [index, entry] of entries.entries()) {
    const key = keyOf(entry);
    if (!isKnown(entry, catalog)) return { index, key };
  }
  return null;
}

/** Key of the resource an entry gives. */
export function keyOf(entry: GrantedEntry): string {
  switch (entry.type) {
    case 'currency':
      return entry.currencyKey;
    case 'item':
      return entry.itemKey;
    case 'crate':
      return entry.crateItemKey;
  }
}

function isKnown(entry: GrantedEntry, { items, currencies, crates }: RewardCatalog): boolean {
  switch (entry.type) {
    case 'currency':
      return currencies.has(entry.currencyKey);
    case 'item':
      return items.has(entry.itemKey);
    case 'crate':
      return crates.has(entry.crateItemKey);
  }
}

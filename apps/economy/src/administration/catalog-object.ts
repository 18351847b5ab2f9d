import type { CatalogObject, CatalogSection } from '@kraty/contracts/economy';
import type { Catalog, StoredCurrency, StoredItem, StoredItemType } from '../catalog/catalog.js';
import { canonicalCurrency, canonicalItem, canonicalItemType } from '../configuration/canonical.js';

/** Objects of a section as operators see them, sorted by key, archived ones included. */
export function catalogObjects({ items, itemTypes, currencies }: Catalog, section: CatalogSection): CatalogObject[] {
  return objectsOf(section, { items, itemTypes, currencies }).toSorted((left, right) =>
    left.key < right.key ? -1 : 1,
  );
}

function objectsOf(
  section: CatalogSection,
  { items, itemTypes, currencies }: Pick<Catalog, CatalogSection>,
): CatalogObject[] {
  switch (section) {
    case 'items':
      return [...items.values()].map((item) => ({ ...canonicalItem(item), ...stateOf(item) }));
    case 'itemTypes':
      return [...itemTypes.values()].map((type) => ({ ...canonicalItemType(type), ...stateOf(type) }));
    case 'currencies':
      return [...currencies.values()].map((currency) => ({ ...canonicalCurrency(currency), ...stateOf(currency) }));
  }
}

function stateOf({ version, archivedAt }: StoredItem | StoredItemType | StoredCurrency) {
  return { version, archivedAt };
}

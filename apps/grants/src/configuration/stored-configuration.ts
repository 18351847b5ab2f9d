import type { StoredBundle, StoredTable } from '../bundles/stored-object.js';
import { canonicalBundle, canonicalTable } from './canonical.js';

/** A stored bundle as a document states it. */
export function bundleConfigurationOf({ key, name, content }: StoredBundle) {
  return canonicalBundle({ key, name, entries: content });
}

/** A stored table as a document states it. */
export function tableConfigurationOf({ key, name, content }: StoredTable) {
  return canonicalTable({ key, name, ...content, weightedEntries: [...content.weightedEntries] });
}

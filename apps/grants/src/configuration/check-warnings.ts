import type { ConfigurationWarning, Sections } from '@kraty/contracts/configuration';
import type { RewardEntry } from '@kraty/contracts/grants';

/** What stands in bundles and tables of the game as it would be, and is probably not meant (04 §5). */
export function rewardWarnings({ items, rewardBundles, rewardTables }: Sections): ConfigurationWarning[] {
  const crates = new Set(items.filter(isCrate).map(({ key }) => key));
  return [
    ...rewardBundles.flatMap(({ key, entries }) =>
      entries.flatMap((entry, index) => crateAsItem(entry, `rewardBundles[${key}].entries[${index}]`, crates)),
    ),
    ...rewardTables.flatMap(({ key, weightedEntries }) =>
      weightedEntries.flatMap(({ entry }, index) =>
        crateAsItem(entry, `rewardTables[${key}].weightedEntries[${index}].entry`, crates),
      ),
    ),
  ];
}

function isCrate({ itemTypeKey, crate }: Sections['items'][number]): boolean {
  return itemTypeKey === 'crate' || Boolean(crate);
}

/** In an inventory a crate can never be opened: only grants are (07 §4). */
function crateAsItem(entry: RewardEntry, path: string, crates: ReadonlySet<string>): ConfigurationWarning[] {
  if (entry.type !== 'item' || !crates.has(entry.itemKey)) return [];
  const message = `'${entry.itemKey}' is a crate, and as an item it can never be opened: grant it with type: crate`;
  return [{ code: 'crate_as_item', path: `${path}.itemKey`, message, value: entry.itemKey }];
}

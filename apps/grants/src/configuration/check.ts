import { isConfigurationKey, isLocalized } from '@kraty/contracts/common';
import type { ProposedChanges, Sections } from '@kraty/contracts/configuration';
import type { Issue } from '@kraty/contracts/failures';
import {
  payoutProblems,
  rewardLimits,
  type RewardBundleConfiguration,
  type RewardSection,
  type RolledTables,
} from '@kraty/contracts/grants';
import { entryIssues, knownKeysOf, referenceIssues, type KnownKeys } from './check-entries.js';
import { tableIssues, tableReferenceIssues } from './check-tables.js';
import { duplicates, when } from './issues.js';

export const rewardSections: readonly RewardSection[] = ['rewardBundles', 'rewardTables'];

/**
 * Every reason why changes of the rewards cannot stand (07 §1). What stays as it is is looked at as well: the document
 * may archive what it gives, and a table that changes may make a bundle too rich.
 */
export function checkRewards(
  { changes, desired }: Pick<ProposedChanges, 'changes' | 'desired'>,
  presentKeys: Record<RewardSection, ReadonlySet<string>>,
): Issue[] {
  const { rewardBundles: bundles = [], rewardTables: tables = [] } = changes.upserts;
  const known = knownKeysOf(desired);
  const rolled: RolledTables = new Map((desired.rewardTables ?? []).map((table) => [table.key, table]));
  return [
    ...duplicates('rewardBundles', bundles),
    ...duplicates('rewardTables', tables),
    ...bundles.flatMap((bundle) => bundleIssues(bundle, known, rolled)),
    ...tables.flatMap((table) => [...tableIssues(table), ...tableReferenceIssues(table, known, rolled)]),
    ...untouched(desired, 'rewardBundles', bundles).flatMap((bundle) => bundleReferences(bundle, known, rolled)),
    ...untouched(desired, 'rewardTables', tables).flatMap((table) => tableReferenceIssues(table, known, rolled)),
    ...crateIssues(desired, known, rolled),
    ...rewardSections.flatMap((section) => archiveIssues(section, changes.archives[section] ?? [], presentKeys)),
  ];
}

function untouched<S extends RewardSection>(desired: Sections, section: S, changed: readonly { key: string }[]) {
  const keys = new Set(changed.map(({ key }) => key));
  const objects = desired[section] ?? [];
  return objects.filter(({ key }) => !keys.has(key)) as Sections[S];
}

function bundleIssues(bundle: RewardBundleConfiguration, known: KnownKeys, tables: RolledTables): Issue[] {
  const path = `rewardBundles[${bundle.key}]`;
  const count = bundle.entries.length;
  const entriesFit = count >= 1 && count <= rewardLimits.entriesPerBundleMax;
  return [
    ...when(!isConfigurationKey(bundle.key), `${path}.key`, 'format', 'is no key, or is shaped like a UUID'),
    ...when(!isLocalized(bundle.name), `${path}.name`, 'length', 'must be a text of 1 to 500 characters'),
    ...when(!entriesFit, `${path}.entries`, 'length', `must be 1 to ${rewardLimits.entriesPerBundleMax} entries`),
    ...bundle.entries.flatMap((entry, index) => entryIssues(entry, `${path}.entries[${index}]`)),
    ...bundleReferences(bundle, known, tables),
  ];
}

function bundleReferences(
  { key, entries }: RewardBundleConfiguration,
  known: KnownKeys,
  tables: RolledTables,
): Issue[] {
  const path = `rewardBundles[${key}].entries`;
  return [
    ...entries.flatMap((entry, index) => referenceIssues(entry, `${path}[${index}]`, known)),
    ...payoutProblems(entries, tables).map((problem) => ({ path, ...problem })),
  ];
}

/** What a crate rolls is a payout like any other; its own fields are the economy's to check. */
function crateIssues({ items }: Sections, known: KnownKeys, tables: RolledTables): Issue[] {
  return items.flatMap(({ key, crate }) => {
    if (!crate) return [];
    const path = `items[${key}].crate`;
    const rolled = [{ type: 'table', tableKey: crate.tableKey, ...(crate.rolls && { rolls: crate.rolls }) }];
    return [
      ...when(
        !known.tables.has(crate.tableKey),
        `${path}.tableKey`,
        'unknown_reference',
        `there is no reward table ${crate.tableKey}`,
      ),
      ...payoutProblems(rolled, tables).map((problem) => ({ path, ...problem })),
    ];
  });
}

function archiveIssues(
  section: RewardSection,
  keys: readonly string[],
  presentKeys: Record<RewardSection, ReadonlySet<string>>,
): Issue[] {
  return keys.flatMap((key) =>
    when(!presentKeys[section].has(key), `${section}[${key}]`, 'unknown_reference', 'does not exist'),
  );
}

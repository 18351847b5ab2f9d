import { isConfigurationKey, isLocalized, limits } from '@kraty/contracts/common';
import type { CheckConfiguration, Sections } from '@kraty/contracts/configuration';
import type { Issue } from '@kraty/contracts/failures';
import {
  isItemParameters,
  isRewardAmount,
  payoutProblems,
  rewardLimits,
  type Amount,
  type RewardBundleConfiguration,
  type RewardEntry,
} from '@kraty/contracts/grants';

interface KnownKeys {
  items: ReadonlySet<string>;
  currencies: ReadonlySet<string>;
}

/**
 * Every reason why changes of the bundles cannot stand (07 §1). Bundles that stay as they are are looked at as well:
 * the document may archive what they give.
 */
export function checkRewards(
  { changes, desired }: Pick<CheckConfiguration, 'changes' | 'desired'>,
  presentKeys: ReadonlySet<string>,
): Issue[] {
  const upserts = changes.upserts.rewardBundles ?? [];
  const changed = new Set(upserts.map(({ key }) => key));
  const untouched = desired.rewardBundles.filter(({ key }) => !changed.has(key));
  const known = knownKeysOf(desired);
  return [
    ...duplicates(upserts),
    ...upserts.flatMap((bundle) => bundleIssues(bundle, known)),
    ...untouched.flatMap((bundle) => referenceIssues(bundle, known)),
    ...archiveIssues(changes.archives.rewardBundles ?? [], presentKeys),
  ];
}

function knownKeysOf({ items, currencies }: Sections): KnownKeys {
  return { items: new Set(items.map(({ key }) => key)), currencies: new Set(currencies.map(({ key }) => key)) };
}

function bundleIssues(bundle: RewardBundleConfiguration, known: KnownKeys): Issue[] {
  const path = pathOf(bundle);
  const count = bundle.entries.length;
  const entriesFit = count >= 1 && count <= rewardLimits.entriesPerBundleMax;
  return [
    ...when(!isConfigurationKey(bundle.key), `${path}.key`, 'format', 'is no key, or is shaped like a UUID'),
    ...when(!isLocalized(bundle.name), `${path}.name`, 'length', 'must be a text of 1 to 500 characters'),
    ...when(!entriesFit, `${path}.entries`, 'length', `must be 1 to ${rewardLimits.entriesPerBundleMax} entries`),
    ...bundle.entries.flatMap((entry, index) => entryIssues(entry, `${path}.entries[${index}]`)),
    ...referenceIssues(bundle, known),
    ...payoutIssues(bundle),
  ];
}

function entryIssues(entry: RewardEntry, path: string): Issue[] {
  switch (entry.type) {
    case 'currency':
      return amountIssues(entry.amount, `${path}.amount`);
    case 'item':
      return [
        ...amountIssues(entry.quantity, `${path}.quantity`),
        ...when(!areParameters(entry.parameters), `${path}.parameters`, 'length', 'must be an object within 4 KiB'),
      ];
    default:
      return unsupportedEntry(entry, path);
  }
}

/** Documents may already name tables and crates; what gives them is not built yet. */
function unsupportedEntry(entry: { type: string }, path: string): Issue[] {
  const announced = entry.type === 'table' || entry.type === 'crate';
  const message = `entries of type ${entry.type} are not supported`;
  return [{ path: `${path}.type`, code: announced ? 'unsupported' : 'enum', message }];
}

function amountIssues(amount: Amount, path: string): Issue[] {
  return when(!isRewardAmount(amount), path, 'range', `must be 1 to ${limits.amountMax}, or a range`);
}

function areParameters(parameters: unknown): boolean {
  return parameters === undefined || parameters === null || isItemParameters(parameters);
}

function referenceIssues(bundle: RewardBundleConfiguration, { items, currencies }: KnownKeys): Issue[] {
  return bundle.entries.flatMap((entry, index) => {
    const path = `${pathOf(bundle)}.entries[${index}]`;
    if (entry.type === 'currency') {
      const missing = !currencies.has(entry.currencyKey);
      return when(missing, `${path}.currencyKey`, 'unknown_reference', `there is no currency ${entry.currencyKey}`);
    }
    if (entry.type !== 'item') return [];
    const missing = !items.has(entry.itemKey);
    return when(missing, `${path}.itemKey`, 'unknown_reference', `there is no item ${entry.itemKey}`);
  });
}

function payoutIssues(bundle: RewardBundleConfiguration): Issue[] {
  const path = `${pathOf(bundle)}.entries`;
  return payoutProblems(bundle.entries).map((problem) => ({ path, ...problem }));
}

function duplicates(bundles: readonly RewardBundleConfiguration[]): Issue[] {
  const seen = new Set<string>();
  return bundles.flatMap((bundle) => {
    const again = seen.has(bundle.key);
    seen.add(bundle.key);
    return when(again, `${pathOf(bundle)}.key`, 'duplicate', 'is used twice');
  });
}

function archiveIssues(keys: readonly string[], presentKeys: ReadonlySet<string>): Issue[] {
  return keys.flatMap((key) =>
    when(!presentKeys.has(key), `rewardBundles[${key}]`, 'unknown_reference', 'does not exist'),
  );
}

function pathOf({ key }: { key: string }): string {
  return `rewardBundles[${key}]`;
}

function when(holds: boolean, path: string, code: Issue['code'], message: string): Issue[] {
  return holds ? [{ path, code, message }] : [];
}

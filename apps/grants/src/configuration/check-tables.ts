import { isConfigurationKey, isLocalized } from '@kraty/contracts/common';
import type { Issue } from '@kraty/contracts/failures';
import {
  payoutProblems,
  rewardLimits,
  type RewardTableConfiguration,
  type RolledTables,
} from '@kraty/contracts/grants';
import { entryIssues, referenceIssues, rollsIssues, type KnownKeys } from './check-entries.js';
import { when } from './issues.js';

/** What is wrong with a table by itself (07 §1). */
export function tableIssues(table: RewardTableConfiguration): Issue[] {
  const path = pathOf(table);
  const { weightedEntries } = table;
  const fits = weightedEntries.length >= 1 && weightedEntries.length <= rewardLimits.weightedEntriesMax;
  return [
    ...when(!isConfigurationKey(table.key), `${path}.key`, 'format', 'is no key, or is shaped like a UUID'),
    ...when(!isLocalized(table.name), `${path}.name`, 'length', 'must be a text of 1 to 500 characters'),
    ...when(!fits, `${path}.weightedEntries`, 'length', `must be 1 to ${rewardLimits.weightedEntriesMax} entries`),
    ...rollsIssues(table.rolls, `${path}.rolls`),
    ...weightedEntries.flatMap(({ weight, entry }, index) => {
      const at = `${path}.weightedEntries[${index}]`;
      const wrong = !Number.isInteger(weight) || weight < 1 || weight > rewardLimits.weightMax;
      const message = `must be an integer from 1 to ${rewardLimits.weightMax}`;
      return [...when(wrong, `${at}.weight`, 'range', message), ...entryIssues(entry, `${at}.entry`)];
    }),
  ];
}

/** What it refers to, and what it could come to with all that it rolls. */
export function tableReferenceIssues(table: RewardTableConfiguration, known: KnownKeys, tables: RolledTables): Issue[] {
  const path = pathOf(table);
  const itself = [{ type: 'table', tableKey: table.key }];
  return [
    ...table.weightedEntries.flatMap(({ entry }, index) =>
      referenceIssues(entry, `${path}.weightedEntries[${index}].entry`, known),
    ),
    ...payoutProblems(itself, tables).map((problem) => ({ path, ...problem })),
  ];
}

function pathOf({ key }: { key: string }): string {
  return `rewardTables[${key}]`;
}

import type { Condition, ConditionLeaf, EventConfiguration } from '@kraty/contracts/events';
import type { Issue } from '@kraty/contracts/failures';
import { duplicates, issue } from './issue.js';
import type { References } from './references.js';

/** A leaf of a condition, with its place. */
interface PlacedLeaf {
  leaf: ConditionLeaf;
  path: string;
}

/** Costs that contradict themselves; what they name may be missing, which is a warning. */
export function entryIssues({ entryCost }: EventConfiguration, references: References, path: string): Issue[] {
  return entryCost ? costIssues(entryCost, references, `${path}.entryCost`) : [];
}

/** Leaves from left to right. */
export function leavesOf(condition: Condition, path: string): PlacedLeaf[] {
  if (condition.type === 'not') return leavesOf(condition.condition, `${path}.condition`);
  if (condition.type === 'and' || condition.type === 'or') {
    return condition.conditions.flatMap((member, at) => leavesOf(member, `${path}.conditions[${at}]`));
  }
  return [{ leaf: condition as ConditionLeaf, path }];
}

function costIssues(
  { currencies = [], items = [] }: NonNullable<EventConfiguration['entryCost']>,
  references: References,
  path: string,
): Issue[] {
  const issues = [
    ...duplicates(
      currencies.map(({ key }) => key),
      (at) => `${path}.currencies[${at}].key`,
    ),
    ...duplicates(
      items.map(({ key }) => key),
      (at) => `${path}.items[${at}].key`,
    ),
    ...currencies.flatMap(({ key }, at) => takenIssues(key, references, `${path}.currencies[${at}].key`)),
  ];
  if (!references.isStudioManaged) return issues;
  return [...issues, issue(path, 'conflict', 'the studio manages the inventory itself: there is nothing to take from')];
}

/** What follows another balance cannot be taken: every start would be refused (08 §6). */
function takenIssues(key: string, { currencies }: References, path: string): Issue[] {
  if (!currencies.get(key)?.isDerived) return [];
  return [issue(path, 'conflict', `'${key}' follows another balance and cannot be taken`)];
}

import type { Condition, ConditionLeaf, EventConfiguration } from '@kraty/contracts/events';
import type { Issue } from '@kraty/contracts/failures';
import { duplicates, issue } from './issue.js';
import type { References } from './references.js';

type EntryCost = NonNullable<EventConfiguration['entryCost']>;

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

function costIssues(entryCost: EntryCost, references: References, path: string): Issue[] {
  const { currencies = [], items = [] } = entryCost;
  return [
    ...duplicates(
      currencies.map(({ key }) => key),
      (at) => `${path}.currencies[${at}].key`,
    ),
    ...duplicates(
      items.map(({ key }) => key),
      (at) => `${path}.items[${at}].key`,
    ),
    ...untakable(entryCost, references, path).map(({ path: at, message }) => issue(at, 'conflict', message)),
  ];
}

/** What of a cost nobody can pay: every start would be refused (08 §§2, 6). */
export function untakable(
  { currencies = [] }: EntryCost,
  references: References,
  path: string,
): { path: string; message: string; value?: string }[] {
  if (references.isStudioManaged) {
    return [{ path, message: 'the studio manages the inventory itself: nobody can pay, so nobody can enter' }];
  }
  return currencies.flatMap(({ key }, at) => {
    const message = `'${key}' follows another balance and cannot be taken: nobody can enter`;
    const isDerived = references.currencies.get(key)?.isDerived;
    return isDerived ? [{ path: `${path}.currencies[${at}].key`, message, value: key }] : [];
  });
}

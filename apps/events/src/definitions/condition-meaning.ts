import { conditionLimits, type Condition, type ConditionLeaf, type EventConfiguration } from '@kraty/contracts/events';
import type { Issue } from '@kraty/contracts/failures';
import { duplicates, issue } from './issue.js';
import type { References } from './references.js';

/** A leaf of a condition, with its place. */
interface PlacedLeaf {
  leaf: ConditionLeaf;
  path: string;
}

/** Conditions and costs that contradict themselves; what they name may be missing, which is a warning. */
export function entryIssues(event: EventConfiguration, { isStudioManaged }: References, path: string): Issue[] {
  const { unlockCondition, entryRequirement, entryCost } = event;
  return [
    ...(unlockCondition ? sizeIssues(unlockCondition, `${path}.unlockCondition`) : []),
    ...(entryRequirement ? sizeIssues(entryRequirement, `${path}.entryRequirement`) : []),
    ...(entryCost ? costIssues(entryCost, isStudioManaged, `${path}.entryCost`) : []),
  ];
}

/** Leaves from left to right. */
export function leavesOf(condition: Condition, path: string): PlacedLeaf[] {
  if (condition.type === 'not') return leavesOf(condition.condition, `${path}.condition`);
  if (condition.type === 'and' || condition.type === 'or') {
    return condition.conditions.flatMap((member, at) => leavesOf(member, `${path}.conditions[${at}]`));
  }
  return [{ leaf: condition as ConditionLeaf, path }];
}

function sizeIssues(condition: Condition, path: string): Issue[] {
  const { nodes, depth } = sizeOf(condition);
  const issues: Issue[] = [];
  if (depth > conditionLimits.depthMax) {
    issues.push(issue(path, 'range', `nested deeper than ${conditionLimits.depthMax} levels`));
  }
  if (nodes > conditionLimits.nodesMax) {
    issues.push(issue(path, 'range', `has more than ${conditionLimits.nodesMax} conditions in it`));
  }
  return issues;
}

/** A single leaf has one node and depth 1. */
function sizeOf(condition: Condition): { nodes: number; depth: number } {
  const sizes = membersOf(condition).map(sizeOf);
  return {
    nodes: sizes.reduce((sum, { nodes }) => sum + nodes, 1),
    depth: 1 + Math.max(0, ...sizes.map(({ depth }) => depth)),
  };
}

function membersOf(condition: Condition): Condition[] {
  if (condition.type === 'not') return [condition.condition];
  return condition.type === 'and' || condition.type === 'or' ? condition.conditions : [];
}

function costIssues(
  { currencies = [], items = [] }: NonNullable<EventConfiguration['entryCost']>,
  isStudioManaged: boolean,
  path: string,
): Issue[] {
  const repeats = [
    ...duplicates(
      currencies.map(({ key }) => key),
      (at) => `${path}.currencies[${at}].key`,
    ),
    ...duplicates(
      items.map(({ key }) => key),
      (at) => `${path}.items[${at}].key`,
    ),
  ];
  if (!isStudioManaged) return repeats;
  return [
    ...repeats,
    issue(path, 'conflict', 'the studio manages the inventory itself: there is nothing to take from'),
  ];
}

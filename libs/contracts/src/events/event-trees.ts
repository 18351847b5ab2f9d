import { isPlainObject, treeProblem } from '../common/index.js';
import type { Issue } from '../failures/index.js';
import { winnerPredicateLimits } from '../grants/winner-predicate-body.js';
import { conditionLimits } from './condition-body.js';

/**
 * Trees of conditions in an event, as it was sent, that are too large to be read (05 §11, 07 §5.4): an event with one
 * of them is refused for it before anything else is checked.
 */
export function eventTreeIssues(event: unknown, path: string): Issue[] {
  if (!isPlainObject(event)) return [];
  const { unlockCondition, entryRequirement, rewardPolicy } = event;
  const parameters = isPlainObject(rewardPolicy) ? rewardPolicy['parameters'] : undefined;
  const winnerPredicate = isPlainObject(parameters) ? parameters['winnerPredicate'] : undefined;
  return [
    ...issuesOf(unlockCondition, conditionLimits, `${path}.unlockCondition`),
    ...issuesOf(entryRequirement, conditionLimits, `${path}.entryRequirement`),
    ...issuesOf(winnerPredicate, winnerPredicateLimits, `${path}.rewardPolicy.parameters.winnerPredicate`),
  ];
}

function issuesOf(tree: unknown, bounds: Parameters<typeof treeProblem>[1], path: string): Issue[] {
  const message = treeProblem(tree, bounds);
  return message === null ? [] : [{ path, code: 'range', message }];
}

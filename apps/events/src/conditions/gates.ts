import type { Condition } from '@kraty/contracts/events';
import { fail, type Failure } from '@kraty/platform/errors';
import type { EventDefinition } from '../definitions/event-definition.js';
import { isWellFormed } from './condition-shape.js';
import { failingNode } from './evaluate-condition.js';
import { needsOfCondition, type FactNeeds, type PlayerFacts } from './player-facts.js';

type Gated = Pick<EventDefinition, 'unlockCondition' | 'entryRequirement'>;

/** Adds what must be known before the gates are judged; a tree that cannot be read asks for nothing. */
export function needsOfGates({ unlockCondition, entryRequirement }: Gated, needs: FactNeeds): void {
  for (const condition of [unlockCondition, entryRequirement]) {
    if (isWellFormed(condition)) needsOfCondition(condition, needs);
  }
}

/** The first gate that is shut for the player (05 §8.1, steps 8 and 9); null = both are open. */
export function shutGate({ unlockCondition, entryRequirement }: Gated, facts: PlayerFacts): Failure | null {
  return shutUnlock(unlockCondition, facts) ?? shutEntry(entryRequirement, facts);
}

/** True when the listing shows the event. One whose tree cannot be read is shown to nobody. */
export function isUnlocked({ unlockCondition }: Gated, facts: PlayerFacts): boolean {
  return shutUnlock(unlockCondition, facts) === null;
}

function shutUnlock(condition: Condition | null, facts: PlayerFacts): Failure | null {
  if (condition === null) return null;
  if (!isWellFormed(condition)) return fail('invalid_unlock_condition', 'the unlock condition cannot be read');
  const failing = failingNode(condition, facts);
  if (failing === null) return null;
  const details = { failedType: failing.node.type, path: failing.path };
  return fail('unlock_condition_failed', 'the event is not unlocked for this player', details);
}

function shutEntry(condition: Condition | null, facts: PlayerFacts): Failure | null {
  if (condition === null) return null;
  if (!isWellFormed(condition)) return fail('invalid_entry_requirement', 'the entry requirement cannot be read');
  const failing = failingNode(condition, facts);
  if (failing === null) return null;
  const { node, path } = failing;
  const details = { failedType: node.type, ...fieldsOfLeaf(node), path };
  return fail('entry_requirement_failed', 'the player does not meet the entry requirement', details);
}

function fieldsOfLeaf(node: Condition): Record<string, unknown> {
  if (node.type === 'not' || node.type === 'and' || node.type === 'or') return {};
  const { type: _type, ...fields } = node;
  // The stored form leaves defaults out; a client that draws what is missing needs the number.
  return node.type === 'has_item' ? { ...fields, quantity: node.quantity ?? 1 } : fields;
}
